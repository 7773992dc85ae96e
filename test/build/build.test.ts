/** Builds in memory: a Dockerfile and a few files to an image. */

import { describe, expect, test } from 'vitest';
import { treeContext } from '../../src/build/context.js';
import { missText } from '../../src/build/step-key.js';
import type { BuiltImage } from '../../src/engine/builds.js';
import { Engine } from '../../src/engine/engine.js';
import { UnionFs } from '../../src/fs/union-fs.js';
import { shellRuntime } from '../../src/shell/runtime.js';
import { Builder, contextOf, type Files, treeOf } from './kit.js';

const cached = ({ steps }: BuiltImage): boolean[] => steps.map(({ isCached }) => isCached);
const reasons = ({ steps }: BuiltImage): string[] =>
  steps.flatMap(({ miss }) => (miss === undefined ? [] : [missText(miss)]));

describe('build', () => {
  test('copies, runs, and tells the config', async () => {
    const builder = await Builder.open();
    await builder.build(
      'FROM scratch\nARG NAME=me\nENV GREETING="hi $NAME"\nWORKDIR /app\nCOPY a.txt b.txt ./\nRUN cat a.txt b.txt > all.txt && echo "$GREETING" >> all.txt\nCMD ["cat", "all.txt"]\n',
      { 'a.txt': 'a\n', 'b.txt': 'b\n' },
      { buildArgs: { NAME: 'you' } },
    );
    expect(await builder.file('/app/all.txt')).toBe('a\nb\nhi you\n');
    expect(await builder.engine.inspectImage('app')).toMatchObject({
      Config: {
        Cmd: ['cat', 'all.txt'],
        WorkingDir: '/app',
        Env: [expect.stringMatching(/^PATH=/), 'GREETING=hi you'],
      },
    });
    expect((await builder.engine.history('app')).map(({ createdBy }) => createdBy).reverse()).toEqual([
      'ARG NAME=you',
      'ENV GREETING=hi you',
      'WORKDIR /app',
      'COPY a.txt b.txt ./ # buildkit',
      'RUN |1 NAME=you /bin/sh -c cat a.txt b.txt > all.txt && echo "$GREETING" >> all.txt # buildkit',
      'CMD ["cat" "all.txt"]',
    ]);
  });

  test('builds only the stages that the target needs', async () => {
    const builder = await Builder.open();
    const { steps } = await builder.build(
      'FROM scratch AS one\nCOPY a /a\nFROM scratch AS broken\nRUN false\nFROM scratch\nCOPY --from=one /a /b\n',
      { a: 'x' },
    );
    expect(steps).toHaveLength(2);
    expect(await builder.file('/b')).toBe('x');
  });

  test('gives the same digest for the same inputs', async () => {
    const text = 'FROM scratch\nCOPY . /\nRUN echo x > /y\n';
    const [one, two] = [await Builder.open(), await Builder.open()];
    const first = await one.build(text, { a: '1', 'd/b': '2' });
    const second = await two.build(text, { 'd/b': '2', a: '1' });
    expect(second.descriptor.digest).toBe(first.descriptor.digest);
  });

  test('names nothing and keeps the steps before when a step fails, and says where', async () => {
    const builder = await Builder.open();
    const text = 'FROM scratch\nCOPY a /a\nRUN echo oops >&2; exit 3\n';
    await expect(builder.build(text, { a: 'x' })).rejects.toMatchObject({
      code: 'BUILD_FAILED',
      range: { start: 3, end: 3 },
      exitCode: 3,
      output: 'oops',
      message: expect.stringMatching(/^Dockerfile:3: process ".*" did not complete successfully: exit code: 3$/),
    });
    expect(await builder.engine.images()).toEqual([]);
    expect(cached(await builder.build('FROM scratch\nCOPY a /a\n', { a: 'x' }))).toEqual([true]);
  });

  test('says what is missing in the context before anything runs', async () => {
    const builder = await Builder.open();
    await expect(builder.build('FROM scratch\nRUN false\nCOPY none /\n')).rejects.toThrow(
      'Dockerfile:3: failed to compute cache key: "/none": not found',
    );
  });

  test('keeps secrets out of layers, history and keys', async () => {
    const builder = await Builder.open();
    const text =
      'FROM scratch\nRUN --mount=type=secret,id=token test "$(cat /run/secrets/token)" = hidden && echo ok > /ok\n';
    const secret = (value: string) => ({ secrets: { token: new TextEncoder().encode(value) } });
    await builder.build(text, {}, secret('hidden'));
    expect(cached(await builder.build(text, {}, secret('other')))).toEqual([true]);
    const { tree } = await builder.engine.tree('app');
    expect([...tree.root.children.keys()]).toEqual(['ok']);
  });

  test('keeps what a cache mount holds from build to build, and out of the image', async () => {
    const builder = await Builder.open();
    const text = (n: number) => `FROM scratch\nRUN --mount=type=cache,target=/c echo ${n} >> /c/log; cp /c/log /log\n`;
    await builder.build(text(1));
    await builder.build(text(2));
    expect(await builder.file('/log')).toBe('1\n2\n');
    const { tree } = await builder.engine.tree('app');
    expect([...tree.root.children.keys()]).toEqual(['log']);
  });

  test('keeps what stages that run side by side write to one cache', async () => {
    const builder = await Builder.open();
    const stage = (name: string) => `FROM scratch AS ${name}\nRUN --mount=type=cache,target=/c touch /c/${name}\n`;
    const last = 'FROM scratch\nCOPY --from=a / /\nCOPY --from=b / /\n';
    await builder.build(`${stage('a')}${stage('b')}${last}RUN --mount=type=cache,target=/c ls /c > /log\n`);
    expect(await builder.file('/log')).toBe('a\nb\n');
  });

  test('unpacks an archive that ADD adds by what it holds', async () => {
    const builder = await Builder.open();
    const union = UnionFs.over([]);
    union.fs.writeFileSync('/inside', 'x');
    const layer = await union.toLayer();
    const bytes = layer.bytes.read(0, layer.size);
    const context = UnionFs.over([]);
    context.fs.writeFileSync('/plain.name', bytes);
    await builder.build('FROM scratch\nADD plain.name /to/\n', {}, { context: treeContext(treeOf(context)) });
    expect(await builder.file('/to/inside')).toBe('x');
  });

  test('squashes what it adds to one layer', async () => {
    const builder = await Builder.open();
    const text = 'FROM scratch\nCOPY a /a\nRUN rm /a; echo x > /b\n';
    const { descriptor } = await builder.build(text, { a: '1' }, { squash: 'new' });
    const { layers } = await builder.engine.tree('app');
    expect(layers).toHaveLength(1);
    expect(descriptor.size).toBeGreaterThan(0);
    expect(layers[0]?.changes.map(({ path }) => path)).not.toContain('/a');
  });
});

describe('the cache', () => {
  const TEXT = 'FROM scratch\nARG V=1\nENV E=1\nCOPY a /a\nRUN echo x\n';
  const FILES = { a: '1' };

  test('is hit when nothing changed', async () => {
    const builder = await Builder.open();
    await builder.build(TEXT, FILES);
    expect(cached(await builder.build(TEXT, FILES))).toEqual([true, true]);
  });

  test('gives the same image however late it is hit, with the times of its layers', async () => {
    let now = Date.UTC(2020, 0, 1);
    const engine = await Engine.open({ now: () => now });
    const build = (dockerfile: string) =>
      engine.build({
        context: contextOf(FILES),
        dockerfile,
        runtime: shellRuntime({ withoutPrograms: true }),
        tags: ['built'],
      });
    const base = await engine.import((await UnionFs.over([]).toLayer()).tar(), { ref: 'base' });
    const text = 'FROM base\nENV E=1\nCOPY a /a\nLABEL a=b\n';
    now = Date.UTC(2021, 0, 1);
    const first = await build(text);
    now = Date.UTC(2022, 0, 1);
    expect((await build(text)).descriptor.digest).toBe(first.descriptor.digest);
    const { id } = await build(`${text}RUN echo x\nCMD x\n`);
    expect(await engine.inspectImage(id)).toMatchObject({ Created: '2022-01-01T00:00:00.000Z' });
    const years = (await engine.history(id)).map(({ created }) => created?.slice(0, 4)).reverse();
    expect(years).toEqual(['2020', '2021', '2021', '2021', '2022', '2022']);
    now = Date.UTC(2023, 0, 1);
    const { id: labelled } = await build('FROM base\nLABEL a=b\n');
    expect(await engine.inspectImage(labelled)).toMatchObject({ Created: '2020-01-01T00:00:00.000Z' });
    expect(labelled).not.toBe(base.id);
  });

  test.each<[string, string, Files, boolean[], string]>([
    ['the content of a file', TEXT, { a: '2' }, [false, false], 'file a changed (content)'],
    ['another file', TEXT.replace('COPY a', 'COPY a b'), { ...FILES, b: '' }, [false, false], 'destination changed'],
    ['a variable', TEXT.replace('E=1', 'E=2'), FILES, [true, false], 'env E changed'],
    ['an argument', TEXT.replace('V=1', 'V=2'), FILES, [true, false], 'env V changed'],
    ['the command', TEXT.replace('echo x', 'echo y'), FILES, [true, false], 'argv changed'],
    ['the user', TEXT.replace('RUN', 'USER 5\nRUN'), FILES, [true, false], 'user changed'],
    ['the directory', TEXT.replace('COPY', 'WORKDIR /\nCOPY'), FILES, [true, true], ''],
    ['the network', TEXT.replace('RUN', 'RUN --network=none'), FILES, [true, false], 'network changed'],
    ['a mount', TEXT.replace('RUN', 'RUN --mount=type=tmpfs,target=/t'), FILES, [true, false], 'mount /t added'],
    ['--chmod', TEXT.replace('COPY', 'COPY --chmod=600'), FILES, [false, false], 'chmod added'],
    ['a label', TEXT.replace('RUN', 'LABEL a=b\nRUN'), FILES, [true, true], ''],
  ])('is missed for %s, and says so', async (_name, text, files, expected, why) => {
    const builder = await Builder.open();
    await builder.build(TEXT, FILES);
    const built = await builder.build(text.replace('COPY a b /a', 'COPY a b /a/'), files);
    expect(cached(built)).toEqual(expected);
    expect(reasons(built)[0] ?? '').toBe(why);
  });

  test('is missed for the mode of a file, but not for its times', async () => {
    const builder = await Builder.open();
    const context = (change: (fs: UnionFs['fs']) => void) => {
      const union = UnionFs.over([]);
      union.fs.writeFileSync('/a', '1');
      change(union.fs);
      return { context: treeContext(treeOf(union)) };
    };
    await builder.build(
      TEXT,
      {},
      context(() => {}),
    );
    expect(
      cached(
        await builder.build(
          TEXT,
          {},
          context((fs) => fs.utimesSync('/a', 5, 5)),
        ),
      ),
    ).toEqual([true, true]);
    const changed = await builder.build(
      TEXT,
      {},
      context((fs) => fs.chmodSync('/a', 0o600)),
    );
    expect(reasons(changed)[0]).toBe('file a changed (mode)');
  });

  test('tells the parent, when only that changed', async () => {
    const builder = await Builder.open();
    await builder.build(TEXT, FILES);
    expect(reasons(await builder.build(TEXT, { a: '2' }))[1]).toBe('the layers below it are not the same');
  });

  test('is not asked with noCache, and for the stages that are named', async () => {
    const builder = await Builder.open();
    await builder.build(TEXT, FILES);
    expect(reasons(await builder.build(TEXT, FILES, { noCache: true }))).toEqual([
      'the cache was not asked (--no-cache)',
      'the cache was not asked (--no-cache)',
    ]);
  });

  test('depends on the image below where `--link` names an owner of it, and else not', async () => {
    const builder = await Builder.open();
    const text = (uid: number, chown: string) =>
      `FROM scratch\nRUN mkdir /etc && echo me:x:${uid}:${uid} > /etc/passwd\nCOPY --link --chown=${chown} a /a\n`;
    await builder.build(text(1, 'me'), FILES);
    expect(cached(await builder.build(text(2, 'me'), FILES))).toEqual([false, false]);
    await builder.build(text(1, '5'), FILES);
    expect(cached(await builder.build(text(2, '5'), FILES))).toEqual([true, true]);
    expect(cached(await builder.build(text(3, '5'), FILES))).toEqual([false, true]);
  });

  test('knows a stage that was built anew and came out the same', async () => {
    const builder = await Builder.open();
    const text = (n: number) =>
      `FROM scratch AS a\nENV N=${n}\nRUN echo same > /x\nFROM scratch\nCOPY --from=a /x /y\n`;
    await builder.build(text(1));
    expect(cached(await builder.build(text(2)))).toEqual([false, true]);
  });
});
