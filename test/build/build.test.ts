/** Builds in memory: a Dockerfile and a few files to an image. */

import '../../src/node/platform.js';
import { describe, expect, test } from 'vitest';
import { treeContext } from '../../src/build/context.js';
import { missText } from '../../src/build/step-key.js';
import type { BuiltImage, EngineBuildOptions } from '../../src/engine/builds.js';
import { Engine } from '../../src/engine/engine.js';
import { layerChanges } from '../../src/fs/packing.js';
import { UnionFs } from '../../src/fs/union-fs.js';
import { applyChanges } from '../../src/layer/apply.js';
import { shellRuntime } from '../../src/shell/runtime.js';

type Files = Readonly<Record<string, string>>;

const EPOCH = 1_700_000_000;

function contextOf(files: Files): EngineBuildOptions['context'] {
  const union = UnionFs.over([]);
  for (const [path, content] of Object.entries(files)) {
    const directory = path.slice(0, path.lastIndexOf('/'));
    if (directory !== '') union.fs.mkdirSync(`/${directory}`, { recursive: true });
    union.fs.writeFileSync(`/${path}`, content);
  }
  return treeContext(applyChanges(undefined, [...layerChanges(union.view.everything())], { id: 'test' }));
}

class Builder {
  readonly engine: Engine;

  private constructor(engine: Engine) {
    this.engine = engine;
  }

  static async open(): Promise<Builder> {
    return new Builder(await Engine.open());
  }

  build(dockerfile: string, files: Files = {}, options: Partial<EngineBuildOptions> = {}): Promise<BuiltImage> {
    return this.engine.build({
      context: contextOf(files),
      dockerfile,
      runtime: shellRuntime({ withoutPrograms: true }),
      sourceDateEpoch: EPOCH,
      tags: ['app'],
      ...options,
    });
  }

  async file(path: string): Promise<string> {
    const { tree } = await this.engine.tree('app');
    return UnionFs.overTree(tree).fs.readFileSync(path, 'utf8');
  }
}

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

  test('unpacks an archive that ADD adds by what it holds', async () => {
    const builder = await Builder.open();
    const union = UnionFs.over([]);
    union.fs.writeFileSync('/inside', 'x');
    const layer = await union.toLayer();
    const bytes = layer.bytes.read(0, layer.size);
    const context = UnionFs.over([]);
    context.fs.writeFileSync('/plain.name', bytes);
    const tree = applyChanges(undefined, [...layerChanges(context.view.everything())], { id: 'test' });
    await builder.build('FROM scratch\nADD plain.name /to/\n', {}, { context: treeContext(tree) });
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

  test.each<[string, string, Files, boolean[], string]>([
    ['the content of a file', TEXT, { a: '2' }, [false, false], 'file a changed (content)'],
    ['another file', TEXT.replace('COPY a', 'COPY a b'), { ...FILES, b: '' }, [false, false], 'destination changed'],
    ['a variable', TEXT.replace('E=1', 'E=2'), FILES, [true, false], 'env E changed'],
    ['an argument', TEXT.replace('V=1', 'V=2'), FILES, [true, false], 'env V changed'],
    ['the command', TEXT.replace('echo x', 'echo y'), FILES, [true, false], 'argv changed'],
    ['the user', TEXT.replace('RUN', 'USER 5\nRUN'), FILES, [true, false], 'user changed'],
    ['the directory', TEXT.replace('COPY', 'WORKDIR /\nCOPY'), FILES, [true, true], ''],
    ['a label', TEXT.replace('RUN', 'LABEL a=b\nRUN'), FILES, [true, true], ''],
  ])('is missed for %s, and says so', async (_name, text, files, expected, why) => {
    const builder = await Builder.open();
    await builder.build(TEXT, FILES);
    const built = await builder.build(text.replace('COPY a b /a', 'COPY a b /a/'), files);
    expect(cached(built)).toEqual(expected);
    expect(reasons(built)[0] ?? '').toBe(why);
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

  test('knows a stage that was built anew and came out the same', async () => {
    const builder = await Builder.open();
    const text = (n: number) =>
      `FROM scratch AS a\nENV N=${n}\nRUN echo same > /x\nFROM scratch\nCOPY --from=a /x /y\n`;
    await builder.build(text(1));
    expect(cached(await builder.build(text(2)))).toEqual([false, true]);
  });
});
