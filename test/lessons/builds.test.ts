/** What a build left is read as strictly as what anybody else left in its place. */

import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BuildRecords, buildOf } from '../../src/cli/lesson/builds.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const build = (names: string, steps: unknown[] = []): string =>
  JSON.stringify({ 'containerimage.config.digest': 'sha256:1', 'image.name': names, steps });

test('a build and its steps', () => {
  const step = {
    line: 2,
    title: '[1/1] COPY . .',
    cached: false,
    miss: 'file a changed',
    diffId: 'sha256:2',
    key: 'x',
  };
  expect(buildOf(bytes(build('a:1,b:1', [step])))).toEqual({
    names: ['a:1', 'b:1'],
    imageId: 'sha256:1',
    steps: [{ line: 2, title: '[1/1] COPY . .', isCached: false, miss: 'file a changed', diffId: 'sha256:2' }],
  });
});

test.each([
  ['nothing', ''],
  ['half of it', build('a').slice(0, 20)],
  ['a list', '[]'],
  ['no steps', '{"containerimage.config.digest":"sha256:1"}'],
  ['steps that are none', build('a', ['x'])],
  ['a step without a line', build('a', [{ title: 'x', diffId: 'y' }])],
  ['keys twice', '{"steps":[],"steps":[]}'],
  ['no text', '\ud800\u0000'],
])('%s is no build', (_name, text) => {
  expect(buildOf(bytes(text))).toBeUndefined();
});

test('builds come in the order in which they ended, and each once', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'stratum-builds-'));
  try {
    await writeFile(join(directory, 'a.json'), build('second'));
    await writeFile(join(directory, 'b.json'), build('first'));
    await writeFile(join(directory, 'c.json'), 'not one');
    await utimes(join(directory, 'b.json'), 1, 1);
    const records = new BuildRecords(directory);
    expect((await records.read()).map(({ names }) => names[0])).toEqual(['first', 'second']);
    await writeFile(join(directory, 'd.json'), build('third'));
    expect((await records.read()).map(({ names }) => names[0])).toEqual(['first', 'second', 'third']);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
