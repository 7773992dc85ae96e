/** Every test has a fork of its own, and the module anew. */

import { beforeEach, expect, test, vi } from 'vitest';
import { UnionFs } from '../../src/index.js';

const base = UnionFs.over([]);
base.fs.mkdirSync('/etc');
base.fs.writeFileSync('/etc/app.json', '{"port":443}');

let union: UnionFs;
let settings: typeof import('./settings.js');

beforeEach(async () => {
  union = base.fork();
  vi.resetModules();
  vi.doMock('node:fs', () => ({ ...union.fs, default: union.fs }));
  vi.doMock('node:fs/promises', () => ({ ...union.fs.promises, default: union.fs.promises }));
  settings = await import('./settings.js');
});

test('saves a port, and nothing else', async () => {
  await settings.savePort(8080);
  expect(settings.readPort()).toBe(8080);
  expect(union.changes().map(({ path }) => path)).toEqual(['/', '/etc', '/etc/app.json']);
  expect(base.fs.readFileSync('/etc/app.json', 'utf8')).toBe('{"port":443}');
});

test('reads the port that is there', () => {
  expect(settings.readPort()).toBe(443);
});

test('takes 80 where there is none', () => {
  union.fs.rmSync('/etc/app.json');
  expect(settings.readPort()).toBe(80);
});
