/** All tests share one union, which goes back to its start before each; the module is imported once, as usual. */

import { beforeEach, expect, test, vi } from 'vitest';
import { readPort, savePort } from './settings.js';

const union = await vi.hoisted(async () => {
  const { UnionFs } = await import('../../src/index.js');
  const made = UnionFs.over([]);
  made.fs.mkdirSync('/etc');
  made.fs.writeFileSync('/etc/app.json', '{"port":443}');
  return made;
});
vi.mock('node:fs', () => ({ ...union.fs, default: union.fs }));
vi.mock('node:fs/promises', () => ({ ...union.fs.promises, default: union.fs.promises }));

const start = union.snapshot();
beforeEach(() => union.rollback(start));

test('saves a port', async () => {
  await savePort(8080);
  expect(readPort()).toBe(8080);
});

test('reads the port that is there', () => {
  expect(readPort()).toBe(443);
});
