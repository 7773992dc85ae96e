/** Why a step was not cached: two builds that differ in one thing, and that thing is what is named. */

import { describe, expect, test } from 'vitest';
import { treeContext } from '../../src/build/context.js';
import { missText } from '../../src/build/step-key.js';
import type { EngineBuildOptions } from '../../src/engine/builds.js';
import { UnionFs } from '../../src/fs/union-fs.js';
import { Builder, EPOCH, treeOf } from './kit.js';

interface Input {
  readonly dockerfile: string;
  readonly files?: (union: UnionFs) => void;
  readonly options?: Partial<EngineBuildOptions>;
}

/** The first step that was missed in the second build, by its line, and why; nothing when all were hit. */
async function firstMiss(before: Input, after: Input): Promise<string | undefined> {
  const builder = await Builder.open();
  const build = ({ dockerfile, files = () => {}, options = {} }: Input) => {
    const union = UnionFs.fromJSON({ '/a': '1', '/d/b': '2' });
    union.fs.symlinkSync('a', '/l');
    files(union);
    return builder.build(dockerfile, {}, { context: treeContext(treeOf(union)), ...options });
  };
  await build(before);
  const { steps } = await build(after);
  const missed = steps.find(({ isCached }) => !isCached);
  return missed?.miss && `line ${missed.step.range.start}: ${missText(missed.miss)}`;
}

/** Puts something in the place of the link. */
function instead(union: UnionFs, put: (union: UnionFs) => void): void {
  union.fs.unlinkSync('/l');
  put(union);
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('a file of the context', () => {
  const dockerfile = 'FROM scratch\nCOPY . /to/\n';

  test.each<[string, (union: UnionFs) => void, string | undefined]>([
    ['its content', ({ fs }) => fs.writeFileSync('/a', '2'), 'file a changed (content)'],
    ['its size', ({ fs }) => fs.appendFileSync('/a', '2'), 'file a changed (size)'],
    ['its mode', ({ fs }) => fs.chmodSync('/a', 0o755), 'file a changed (mode)'],
    ['the mode of a directory', ({ fs }) => fs.chmodSync('/d', 0o700), 'file d changed (mode)'],
    ['an attribute', ({ kernel }) => kernel.setxattr('/a', 'user.k', bytes('v')), 'file a changed (xattr:user.k)'],
    ['where it leads', (union) => instead(union, ({ fs }) => fs.symlinkSync('d', '/l')), 'file l changed (target)'],
    ['what it is', (union) => instead(union, ({ fs }) => fs.mkdirSync('/l')), 'file l changed (mode)'],
    ['one that is new', ({ fs }) => fs.writeFileSync('/d/c', ''), 'file d/c added'],
    ['one that is gone', ({ fs }) => fs.unlinkSync('/d/b'), 'file d/b removed'],
    ['its times', ({ fs }) => fs.utimesSync('/a', 5, 5), undefined],
    ['its owner, which is root in any case', ({ fs }) => fs.chownSync('/a', 5, 5), undefined],
    ['one that is ignored', ({ fs }) => fs.writeFileSync('/.dockerignore', 'd\n'), 'file .dockerignore added'],
  ])('%s', async (_name, files, why) => {
    expect(await firstMiss({ dockerfile }, { dockerfile, files })).toBe(why && `line 2: ${why}`);
  });
});

describe('one word of the Dockerfile', () => {
  test.each<[string, string, string, string | undefined]>([
    ['--chown', 'COPY a /x', 'COPY --chown=5 a /x', '2: chown added'],
    ['another --chown', 'COPY --chown=4 a /x', 'COPY --chown=5 a /x', '2: chown changed'],
    ['--chmod', 'COPY --chmod=600 a /x', 'COPY --chmod=640 a /x', '2: chmod changed'],
    ['--exclude', 'COPY . /x/', 'COPY --exclude=d . /x/', '2: exclude added'],
    ['another --exclude', 'COPY --exclude=a . /x/', 'COPY --exclude=l . /x/', '2: exclude changed'],
    ['--parents', 'COPY d/b /x/', 'COPY --parents d/b /x/', '2: parents added'],
    ['--link', 'COPY a /x', 'COPY --link a /x', '2: link added'],
    ['--unpack', 'ADD a /x', 'ADD --unpack=false a /x', '2: unpack removed'],
    ['the destination', 'COPY a /x', 'COPY a /y', '2: destination changed'],
    ['another source', 'COPY a /x/', 'COPY a d/b /x/', '2: file d/b added'],
    ['a here-document', 'COPY <<A /x\n1\nA', 'COPY <<A /x\n2\nA', '2: file A changed (content)'],
    ['the name of a here-document', 'COPY <<A /x\n1\nA', 'COPY <<B /x\n1\nB', '2: file B added'],
    ['a command', 'RUN echo 1', 'RUN echo 2', '2: argv changed'],
    ['the form of a command', 'RUN echo 1', 'RUN ["echo", "1"]', '2: argv changed'],
    ['the shell', 'RUN true', 'SHELL ["/bin/bash", "-c"]\nRUN true', '3: argv changed'],
    ['a script', 'RUN <<A\n#!/bin/sh\n:\nA', 'RUN <<A\n#!/bin/sh\n: x\nA', '2: script changed'],
    ['a variable', 'ENV E=1\nRUN true', 'ENV E=2\nRUN true', '3: env E changed'],
    ['a variable more', 'RUN true', 'ENV E=2\nRUN true', '3: env E added'],
    ['a variable less', 'ENV E=1\nRUN true', 'RUN true', '2: env E removed'],
    ['an argument', 'ARG A=1\nRUN true', 'ARG A=2\nRUN true', '3: env A changed'],
    ['the user', 'USER 1\nRUN true', 'USER 2\nRUN true', '3: user changed'],
    ['WORKDIR', 'WORKDIR /x\nRUN true', 'WORKDIR /y\nRUN true', '2: path changed'],
    ['the user of WORKDIR', 'USER 1\nWORKDIR /x', 'USER 2\nWORKDIR /x', '3: user changed'],
    ['the network', 'RUN true', 'RUN --network=none true', '2: network changed'],
    ['a label', 'RUN true', 'LABEL a=b\nRUN true', undefined],
    ['the end of it', 'RUN true\nCMD a', 'RUN true\nEXPOSE 80\nCMD b', undefined],
    ['how it is laid out', 'RUN true', '\nrun   true', undefined],
  ])('%s', async (_name, before, after, why) => {
    const text = (lines: string) => ({ dockerfile: `FROM scratch\n${lines}\n` });
    expect(await firstMiss(text(before), text(after))).toBe(why && `line ${why}`);
  });

  test('WORKDIR where both are there: the command is run elsewhere', async () => {
    const text = (at: string) => ({ dockerfile: `FROM scratch\nRUN mkdir /x /y\nWORKDIR ${at}\nRUN true\n` });
    const builder = await Builder.open();
    await builder.build(text('/x').dockerfile);
    const { steps } = await builder.build(text('/y').dockerfile);
    expect(steps.map(({ miss }) => miss && missText(miss))).toEqual([undefined, 'path changed', 'cwd changed']);
  });
});

describe('a mount', () => {
  test.each<[string, string, string, string | undefined]>([
    ['that is new', '', '--mount=type=tmpfs,target=/t', 'mount /t added'],
    ['that is gone', '--mount=type=tmpfs,target=/t', '', 'mount /t removed'],
    ['its size', '--mount=type=tmpfs,target=/t', '--mount=type=tmpfs,target=/t,size=1m', 'mount /t changed'],
    ['its id', '--mount=type=cache,target=/t', '--mount=type=cache,target=/t,id=x', 'mount /t changed'],
    ['its type', '--mount=type=cache,target=/t', '--mount=type=tmpfs,target=/t', 'mount /t changed'],
    ['its mode', '--mount=type=secret,id=s', '--mount=type=secret,id=s,mode=0444', 'mount /run/secrets/s changed'],
    ['its source', '--mount=target=/t', '--mount=target=/t,source=d', 'mount /t changed'],
    ['that can be written to', '--mount=target=/t', '--mount=target=/t,rw', 'mount /t changed'],
    ['of an agent', '', '--mount=type=ssh', 'mount /run/buildkit/ssh_agent.0 added'],
  ])('%s', async (_name, before, after, why) => {
    const text = (flag: string) => ({ dockerfile: `FROM scratch\nRUN ${flag} true\n` });
    expect(await firstMiss(text(before), text(after))).toBe(why && `line 2: ${why}`);
  });

  test('its files', async () => {
    const dockerfile = 'FROM scratch\nRUN --mount=target=/t true\n';
    const files = ({ fs }: UnionFs): void => fs.writeFileSync('/a', '2');
    expect(await firstMiss({ dockerfile }, { dockerfile, files })).toBe('line 2: mount /t file a changed (content)');
  });

  test('the stage that it shows', async () => {
    const text = (line: string) => `FROM scratch AS one\n${line}\nFROM scratch\nRUN --mount=from=one,target=/t true\n`;
    const builder = await Builder.open();
    await builder.build(text('COPY a /a'), { a: '1' });
    const { steps } = await builder.build(text('COPY a /a'), { a: '2' });
    expect(steps.map(({ miss }) => miss && missText(miss))).toEqual([
      'file a changed (content)',
      'mount /t from changed',
    ]);
  });

  test('what a secret or a cache holds is no reason', async () => {
    const dockerfile = 'FROM scratch\nRUN --mount=type=secret,id=s --mount=type=cache,target=/c date > /c/when\n';
    const secret = (text: string) => ({ dockerfile, options: { secrets: { s: bytes(text) } } });
    expect(await firstMiss(secret('1'), secret('2'))).toBeUndefined();
  });
});

describe('a file of another stage', () => {
  const stage = (script: string): Input => ({
    dockerfile: `FROM scratch AS one\nRUN ${script}\nFROM scratch\nCOPY --from=one /x /y\n`,
  });
  const copied = async (before: string, after: string): Promise<string | undefined> => {
    const builder = await Builder.open();
    await builder.build(stage(before).dockerfile);
    const { steps } = await builder.build(stage(after).dockerfile);
    const miss = steps.at(-1)?.miss;
    return miss && missText(miss);
  };

  test.each<[string, string, string | undefined]>([
    ['its content', 'echo 2 > /x', 'file x changed (content)'],
    ['its owner', 'echo 1 > /x; chown 5 /x', 'file x changed (uid)'],
    ['its group', 'echo 1 > /x; chgrp 5 /x', 'file x changed (gid)'],
    ['its mode', 'echo 1 > /x; chmod 600 /x', 'file x changed (mode)'],
    ['another file', 'echo 1 > /x; touch /z', undefined],
  ])('%s', async (_name, script, why) => {
    expect(await copied('echo 1 > /x', script)).toBe(why);
  });
});

describe('what is around the Dockerfile', () => {
  test('the image below', async () => {
    const builder = await Builder.open();
    const base = (text: string) => builder.build('FROM scratch\nCOPY a /a\n', { a: text }, { tags: ['base'] });
    const build = () => builder.build('FROM base\nRUN true\n', {}, { tags: ['app'] });
    await base('1');
    await build();
    await base('2');
    const { steps } = await build();
    expect(steps.map(({ miss }) => miss && missText(miss))).toEqual(['the layers below it are not the same']);
    await base('1');
    expect((await build()).steps.map(({ isCached }) => isCached)).toEqual([true]);
  });

  test.each<[string, string, Partial<EngineBuildOptions>, Partial<EngineBuildOptions>, string | undefined]>([
    ['an argument', 'ARG A\nRUN true', { buildArgs: { A: '1' } }, { buildArgs: { A: '2' } }, '3: env A changed'],
    ['an argument more', 'ARG A\nRUN true', {}, { buildArgs: { A: '2' } }, '3: env A added'],
    ['one that nobody declares', 'RUN true', {}, { buildArgs: { A: '2' } }, undefined],
    ['a proxy', 'RUN true', {}, { buildArgs: { HTTP_PROXY: 'http://127.0.0.1:9' } }, undefined],
    [
      'the platform, where it is asked for',
      'ARG TARGETARCH\nRUN true',
      { platform: 'linux/amd64' },
      { platform: 'linux/arm64' },
      '3: env TARGETARCH changed',
    ],
    ['the platform, where it is not', 'COPY a /a', { platform: 'linux/amd64' }, { platform: 'linux/arm64' }, undefined],
    ['the time of everything', 'COPY a /a', {}, { sourceDateEpoch: EPOCH + 1 }, '2: epoch changed'],
    ['no cache', 'COPY a /a', {}, { noCache: true }, '2: the cache was not asked (--no-cache)'],
    ['no cache for the stage', 'COPY a /a', {}, { noCache: ['stage-0'] }, '2: the cache was not asked (--no-cache)'],
    ['no cache for another stage', 'COPY a /a', {}, { noCache: ['other'] }, undefined],
    ['names and labels', 'COPY a /a', {}, { tags: ['b'], labels: { a: 'b' } }, undefined],
  ])('%s', async (_name, lines, before, after, why) => {
    const dockerfile = `FROM scratch\n${lines}\n`;
    expect(await firstMiss({ dockerfile, options: before }, { dockerfile, options: after })).toBe(why && `line ${why}`);
  });

  test.each<[string, string, string, string | undefined]>([
    ['what a URL gives', 'ADD http://host/x /y', '2', 'file x changed (content)'],
    ['what it gives, the same again', 'ADD http://host/x /y', '1', undefined],
  ])('%s', async (_name, line, second, why) => {
    const dockerfile = `FROM scratch\n${line}\n`;
    const from = (text: string) => ({ dockerfile, options: { fetch: async () => new Response(text) } });
    expect(await firstMiss(from('1'), from(second))).toBe(why && `line 2: ${why}`);
  });

  test('the checksum of a URL, which is then not asked again', async () => {
    const sums = ['6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b'];
    const dockerfile = `FROM scratch\nADD --checksum=sha256:${sums[0]} http://host/x /y\n`;
    let asked = 0;
    const fetch = async () => {
      asked++;
      return new Response('1');
    };
    const input = { dockerfile, options: { fetch } };
    expect([await firstMiss(input, input), asked]).toEqual([undefined, 1]);
  });
});

test('a step like which there was none says so', async () => {
  const builder = await Builder.open();
  const { steps } = await builder.build('FROM scratch\nRUN true\n');
  expect(steps.map(({ miss }) => miss && missText(miss))).toEqual(['no step like this was built before']);
});
