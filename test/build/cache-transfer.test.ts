import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BuildProgress } from '../../src/build/progress.js';
import { missText } from '../../src/build/step-key.js';
import type { BuiltImage } from '../../src/engine/builds.js';
import { Builder } from './kit.js';

const TEXT = `FROM scratch AS made
COPY a /made
FROM scratch
COPY --from=made /made /made
COPY b /b
WORKDIR /w
`;
const FILES = { a: '1', b: '2' };
const HITS = [true, true, true, true];

const cached = ({ steps }: BuiltImage): boolean[] => steps.map(({ isCached }) => isCached);

describe('a build cache in an OCI layout', () => {
  let directory: string;
  let warnings: string[];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'stratum-cache-'));
    warnings = [];
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const onProgress = (event: BuildProgress): void => {
    if (event.kind === 'warning') warnings.push(event.text);
  };
  const elsewhere = async (text = TEXT, files = FILES) =>
    (await Builder.open()).build(text, files, { cacheFrom: [{ directory }], onProgress });
  const blobs = (): string[] => readdirSync(join(directory, 'blobs/sha256'));

  test('is hit by another store, step by step, and gives the same image', async () => {
    const first = await (await Builder.open()).build(TEXT, FILES, { cacheTo: [{ directory, mode: 'max' }] });
    const second = await elsewhere();
    expect(cached(second)).toEqual(HITS);
    expect(second.descriptor.digest).toBe(first.descriptor.digest);
    expect(warnings).toEqual([]);
  });

  test('explains a miss by the steps that it holds', async () => {
    await (await Builder.open()).build(TEXT, FILES, { cacheTo: [{ directory, mode: 'max' }] });
    const { steps } = await elsewhere(TEXT, { ...FILES, b: '3' });
    const missed = steps.find(({ isCached }) => !isCached);
    expect(missed?.miss && missText(missed.miss)).toBe('file b changed (content)');
  });

  test('holds the steps of the image alone unless asked for all', async () => {
    await (await Builder.open()).build(TEXT, FILES, { cacheTo: [{ directory }] });
    expect(cached(await elsewhere())).toEqual([false, true, true, true]);
  });

  test('is copied from only where it is hit, and what is brought is kept', async () => {
    await (await Builder.open()).build(TEXT, FILES, { cacheTo: [{ directory, mode: 'max' }] });
    const root = join(directory, 'store');
    const other = await Builder.open(root);
    await other.build('FROM scratch\nCOPY a /made\n', { a: 'else' }, { cacheFrom: [{ directory }] });
    // Its own layer, config and manifest: nothing was hit.
    expect(readdirSync(join(root, 'blobs/sha256'))).toHaveLength(3);
    await other.build(TEXT, FILES, { cacheFrom: [{ directory }] });
    expect(cached(await other.build(TEXT, FILES))).toEqual(HITS);
  });

  test('replaces the cache before it, whose layers go', async () => {
    const builder = await Builder.open();
    await builder.build(TEXT, { ...FILES, b: 'x'.repeat(100) }, { cacheTo: [{ directory }] });
    const before = blobs();
    await builder.build(TEXT, FILES, { cacheTo: [{ directory }] });
    expect(blobs()).toHaveLength(before.length);
    expect(blobs()).not.toEqual(before);
    expect(JSON.parse(readFileSync(join(directory, 'index.json'), 'utf8')).manifests).toHaveLength(1);
  });

  test('lies beside an image, which stays', async () => {
    const builder = await Builder.open();
    const built = await builder.build(TEXT, FILES);
    await builder.engine.saveBuiltLayout(built, { directory, names: ['app'] });
    await builder.build(TEXT, FILES, { cacheTo: [{ directory }] });
    await builder.build(TEXT, { ...FILES, b: '4' }, { cacheTo: [{ directory }] });
    const [loaded] = await (await Builder.open()).engine.loadLayout(directory);
    expect(loaded?.id).toBe(built.id);
  });

  test('that is not there, or is none, is a warning', async () => {
    expect(cached(await elsewhere())).toEqual([false, false, false, false]);
    expect(warnings).toEqual([expect.stringContaining('not an OCI layout')]);
    const builder = await Builder.open();
    await builder.engine.saveBuiltLayout(await builder.build(TEXT, FILES), { directory, names: [] });
    warnings = [];
    await elsewhere();
    expect(warnings).toEqual([expect.stringContaining('the layout holds no build cache')]);
  });

  test('with a layer that is not what it should be is a miss, and nothing of it is kept', async () => {
    const { steps } = await (await Builder.open()).build(TEXT, FILES, { cacheTo: [{ directory, mode: 'max' }] });
    const digest = steps.find(({ step }) => step.kind === 'workdir')?.layer.digest ?? '';
    writeFileSync(join(directory, 'blobs/sha256', digest.slice('sha256:'.length)), 'bad');
    const second = await elsewhere();
    expect(cached(second)).toEqual([true, true, true, false]);
    expect(warnings).toEqual([expect.stringMatching(/no whole layer for .*WORKDIR/)]);
  });

  test('that says a layer of another step is this one is hit, but not when the DiffID is a lie', async () => {
    await (await Builder.open()).build(TEXT, FILES, { cacheTo: [{ directory, mode: 'max' }] });
    const index = JSON.parse(readFileSync(join(directory, 'index.json'), 'utf8'));
    const at = (digest: string): string => join(directory, 'blobs/sha256', digest.slice('sha256:'.length));
    const manifest = JSON.parse(readFileSync(at(index.manifests[0].digest), 'utf8'));
    const list = JSON.parse(readFileSync(at(manifest.config.digest), 'utf8'));
    for (const step of list.steps) step.layer.diffId = `sha256:${'0'.repeat(64)}`;
    const { digestOf } = await import('../../src/digest/hasher.js');
    const store = (document: unknown): { digest: string; size: number } => {
      const bytes = Buffer.from(JSON.stringify(document));
      const digest = digestOf(bytes);
      writeFileSync(at(digest), bytes);
      return { digest, size: bytes.length };
    };
    Object.assign(manifest.config, store(list));
    Object.assign(index.manifests[0], store(manifest));
    writeFileSync(join(directory, 'index.json'), JSON.stringify(index));
    expect(cached(await elsewhere())).toEqual([false, false, false, false]);
    expect(warnings.every((text) => text.includes('no whole layer'))).toBe(true);
  });
});
