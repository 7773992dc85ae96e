/** Contexts, archives and caches that somebody made to do harm. */

import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { joinBytes, utf8 } from '../../src/base/bytes.js';
import { archiveChanges } from '../../src/build/archive.js';
import { treeContext } from '../../src/build/context.js';
import { planBuild } from '../../src/build/plan.js';
import { parseDockerfile } from '../../src/dockerfile/parse.js';
import { UnionFs } from '../../src/fs/union-fs.js';
import { parseConfig } from '../../src/image/config.js';
import type { Image } from '../../src/image/image.js';
import { hostContext } from '../../src/node/build/host-context.js';
import type { TarHeader } from '../../src/tar/entry.js';
import { writeTar } from '../../src/tar/writer.js';
import { Builder, contextOf, EPOCH, treeOf } from './kit.js';

const PLAIN: Omit<TarHeader, 'path'> = {
  type: 'file',
  mode: 0o644,
  uid: 0,
  gid: 0,
  size: 0,
  mtimeSec: EPOCH,
  mtimeNsec: 0,
  linkname: '',
  devMajor: 0,
  devMinor: 0,
  xattrs: undefined,
};

const XZ_NOISE = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 1, 2, 3, 4, 5, 6];

function tarOf(...entries: (Partial<TarHeader> & { readonly path: string })[]): Uint8Array {
  return joinBytes([...writeTar(entries.map((entry) => ({ header: { ...PLAIN, ...entry } })))]);
}

async function added(bytes: Uint8Array): Promise<Builder> {
  const context = UnionFs.over([]);
  context.fs.writeFileSync('/a.tar', bytes);
  const builder = await Builder.open();
  await builder.build('FROM scratch\nADD a.tar /to/\n', {}, { context: treeContext(treeOf(context)) });
  return builder;
}

async function namesIn(builder: Builder, path: string): Promise<string[]> {
  const { tree } = await builder.engine.tree('app');
  return UnionFs.overTree(tree).fs.readdirSync(path);
}

describe('an archive that ADD unpacks', () => {
  test('may not climb out of the destination', async () => {
    await expect(added(tarOf({ path: '../evil' }))).rejects.toThrow(/^Dockerfile:2: /);
  });

  test('may not hide files by whiteouts', async () => {
    await expect(added(tarOf({ path: '.wh.etc' }))).rejects.toThrow('the archive holds a whiteout');
  });

  test('stays in the image through a symlink of its own', async () => {
    const link: Partial<TarHeader> = { type: 'symlink', linkname: '/../../out', mode: 0o777 };
    const builder = await added(tarOf({ path: 'way', ...link }, { path: 'way/file' }));
    expect(await namesIn(builder, '/')).toEqual(['out', 'to']);
    expect(await namesIn(builder, '/out')).toEqual(['file']);
  });

  test('may not unpack to more than there is room for, whatever it is compressed with', async () => {
    const zeros = new Uint8Array(1 << 20);
    await expect(archiveChanges(gzipSync(zeros), 1000)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
    // A million zeros by `bzip2 -9`.
    const bomb = Buffer.from('QlpoOTFBWSZTWXnTnkgAB6jAQMAAAAIACCAAMMwJqmmVJDapSQ8XckU4UJB5055I', 'base64');
    await expect(archiveChanges(bomb, 1000)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
  });

  test('is copied as it is when it is none, however it begins', async () => {
    for (const bytes of [Buffer.from('BZh91AY&SYnonsense'), Buffer.from([0x1f, 0x8b, 8, 0]), Buffer.from(XZ_NOISE)]) {
      expect(await namesIn(await added(bytes), '/to')).toEqual(['a.tar']);
    }
  });
});

describe('a path', () => {
  test('of COPY stays in the context, by dots and by symlinks', async () => {
    const union = UnionFs.over([]);
    union.fs.writeFileSync('/inside', 'x');
    union.fs.symlinkSync('/etc/passwd', '/absolute');
    union.fs.symlinkSync('../../../../etc/passwd', '/relative');
    const context = treeContext(treeOf(union));
    const builder = await Builder.open();
    await builder.build('FROM scratch\nCOPY ../../inside /x\n', {}, { context });
    expect(await builder.file('/x')).toBe('x');
    for (const link of ['absolute', 'relative']) {
      await expect(builder.build(`FROM scratch\nCOPY ${link} /x\n`, {}, { context })).rejects.toThrow('not found');
    }
  });

  test('of COPY stays in a directory of the machine, whatever is linked there', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'stratum-context-'));
    try {
      const root = join(outside, 'context');
      mkdirSync(join(root, 'd'), { recursive: true });
      writeFileSync(join(outside, 'secret'), 'hidden');
      symlinkSync(join(outside, 'secret'), join(root, 'file'));
      symlinkSync('../secret', join(root, 'dots'));
      symlinkSync(outside, join(root, 'directory'));
      symlinkSync('../../secret', join(root, 'd', 'deep'));
      const builder = await Builder.open();
      const context = hostContext(root);
      for (const source of [
        'file',
        'dots',
        'directory/secret',
        'd/deep',
        '../secret',
        'd/../../secret',
        'directory/',
      ]) {
        const built = builder.build(`FROM scratch\nCOPY ${source} /x\n`, {}, { context });
        await expect(built).rejects.toThrow('not found');
      }
      await builder.build('FROM scratch\nCOPY . /all/\n', {}, { context });
      const { tree } = await builder.engine.tree('app');
      expect(UnionFs.overTree(tree).fs.readlinkSync('/all/dots')).toBe('../secret');
      const seen = 'FROM scratch\nRUN --mount=target=/m cat /m/dots /m/directory/secret || echo none > /log\n';
      await builder.build(seen, {}, { context });
      expect(await builder.file('/log')).toBe('none\n');
    } finally {
      rmSync(outside, { recursive: true });
    }
  });

  test('of COPY --from stays in the stage', async () => {
    const builder = await Builder.open();
    const text = 'FROM scratch AS a\nRUN ln -s /etc/passwd /link\nFROM scratch\nCOPY --from=a /link /x\n';
    await expect(builder.build(text)).rejects.toThrow('Dockerfile:4: failed to compute cache key: "/link": not found');
  });

  test('of a destination stays in the image', async () => {
    const builder = await Builder.open();
    await builder.build('FROM scratch\nRUN ln -s ../../../out /way\nCOPY a /way/x\n', { a: '1' });
    expect(await builder.file('/out/x')).toBe('1');
  });

  test('of a mount stays in the container', async () => {
    const builder = await Builder.open();
    await builder.build('FROM scratch\nRUN --mount=type=tmpfs,target=../../../m touch /m/x && ls /m > /log\n');
    expect(await builder.file('/log')).toBe('x\n');
    await expect(builder.build('FROM scratch\nRUN --mount=type=tmpfs,target=/.. true\n')).rejects.toThrow(
      'Dockerfile:2: invalid mount target "/"',
    );
  });

  test('of a mount stays in the container through a symlink of the image', async () => {
    const builder = await Builder.open();
    const link = 'RUN ln -s ../../../../out /way\n';
    await builder.build(
      `FROM scratch\n${link}RUN --mount=type=tmpfs,target=/way/m touch /out/m/x && ls /out/m > /log\n`,
    );
    expect(await builder.file('/log')).toBe('x\n');
    expect(await namesIn(builder, '/')).toEqual(['log', 'way']);
  });

  test('of what a mount shows stays in the stage', async () => {
    const builder = await Builder.open();
    const stage = 'FROM scratch AS a\nRUN ln -s /etc /way; ln -s ../../../etc/passwd /file\n';
    for (const source of ['/way', '/file', '/way/passwd', '../../etc/passwd']) {
      const mount = `RUN --mount=from=a,source=${source},target=/m cat /m\n`;
      await expect(builder.build(`${stage}FROM scratch\n${mount}`)).rejects.toThrow(/^Dockerfile:4: .*not found/);
    }
  });
});

describe('a Dockerfile', () => {
  test('may not have triggers that trigger themselves: each is done once', async () => {
    const builder = await Builder.open();
    const base = 'FROM scratch\nRUN mkdir /etc\nONBUILD RUN echo x >> /etc/log\nONBUILD COPY a /a\n';
    await builder.build(base, {}, { tags: ['base'] });
    await builder.build('FROM base\nRUN true\n', { a: '1' }, { tags: ['child'] });
    await builder.build('FROM child\nRUN true\n', {});
    expect(await builder.file('/etc/log')).toBe('x\n');
  });

  test.each(['FROM base', 'COPY --nope a /', 'x'.repeat(1 << 20), 'ENV A="b'])(
    'may stand on an image whose trigger is no instruction: %.20s',
    async (trigger) => {
      const platform = { os: 'linux', architecture: 'amd64', variant: undefined };
      const document = { ...platform, config: { OnBuild: [trigger] }, rootfs: { type: 'layers', diff_ids: [] } };
      const config = parseConfig(utf8(JSON.stringify(document)));
      const plan = planBuild({
        dockerfile: parseDockerfile('FROM evil\n'),
        context: contextOf({}),
        platform,
        buildPlatform: platform,
        resolveImage: async () => ({ config, layers: [] }) as unknown as Image,
      });
      await expect(plan).rejects.toMatchObject({ code: 'DOCKERFILE_INVALID', line: 1 });
    },
  );

  test('may not need itself by a trigger, nor an image that it stands on again', async () => {
    const builder = await Builder.open();
    const loop = 'FROM scratch AS a\nONBUILD COPY --from=b /x /y\nFROM a AS b\n';
    await expect(builder.build(loop)).rejects.toThrow('circular dependency detected on stage: b');
    const trigger = 'FROM scratch\nCOPY a /a\nONBUILD COPY --from=base /a /b\n';
    await builder.build(trigger, { a: '1' }, { tags: ['base'] });
    const { steps } = await builder.build('FROM base\n');
    expect([steps.length, await builder.file('/b')]).toEqual([1, '1']);
  });

  test('is held to the depth that expansions may have', async () => {
    const builder = await Builder.open();
    const open = '$' + '{';
    const nested = (depth: number): string => `${`${open}B:-`.repeat(depth)}x${'}'.repeat(depth)}`;
    const text = (depth: number): string => `FROM scratch\nENV A=${nested(depth)}\nRUN echo $A > /log\n`;
    await expect(builder.build(text(1000))).rejects.toMatchObject({ code: 'DOCKERFILE_INVALID', line: 2 });
    await builder.build(text(90));
    expect(await builder.file('/log')).toBe('x\n');
  });

  test('may not need itself', async () => {
    const builder = await Builder.open();
    await expect(builder.build('FROM scratch AS a\nCOPY --from=a /x /y\n')).rejects.toThrow(
      'Dockerfile:2: circular dependency detected on stage: a',
    );
    const later = 'FROM scratch AS a\nCOPY --from=b /x /y\nFROM scratch AS b\nRUN true\n';
    await expect(builder.build(later, {}, { target: 'a' })).rejects.toThrow(
      'it needs to be defined before current stage',
    );
  });

  test('tells no secret when a step fails', async () => {
    const builder = await Builder.open();
    const secrets = { token: new TextEncoder().encode('hunter2') };
    const text = 'FROM scratch\nRUN --mount=type=secret,id=token,env=T test -z "$T"\n';
    const error: unknown = await builder.build(text, {}, { secrets }).catch((failure: unknown) => failure);
    expect(JSON.stringify(error) + String(error)).not.toContain('hunter2');
  });
});

test('a cache that was spoiled is as if it were empty', async () => {
  const root = mkdtempSync(join(tmpdir(), 'stratum-cache-'));
  try {
    const text = 'FROM scratch\nCOPY a /a\n';
    const context = contextOf({ a: '1' });
    const first = await (await Builder.open(root)).build(text, {}, { context });
    for (const junk of ['{', '[]', '{"layer":{"digest":"../../x"}}', '"x"']) {
      for (const folder of ['steps', 'step-parts', 'step-slots']) {
        for (const name of readdirSync(join(root, folder))) {
          writeFileSync(join(root, folder, name), junk);
        }
      }
      const again = await (await Builder.open(root)).build(text, {}, { context });
      expect([again.steps[0]?.isCached, again.descriptor.digest]).toEqual([false, first.descriptor.digest]);
    }
  } finally {
    rmSync(root, { recursive: true });
  }
});
