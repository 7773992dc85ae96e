import { mock } from 'node:test';
import { promisify } from 'node:util';
import { expect, test, vi } from 'vitest';
import { UnionFs } from '../../src/index.js';

function unionWithFile(): UnionFs {
  const union = UnionFs.over([]);
  union.fs.writeFileSync('/f', 'x');
  return union;
}

test('an fs object can be spread, taken apart, and copied by the descriptors of its names', async () => {
  const { fs } = unionWithFile();
  const { readFileSync, readFile } = fs;
  expect(readFileSync('/f', 'utf8')).toBe('x');
  expect(await promisify(readFile)('/f', 'utf8')).toBe('x');
  expect({ ...fs }.readFileSync('/f', 'utf8')).toBe('x');
  const copy = Object.create(Object.getPrototypeOf(fs)) as typeof fs;
  for (const name of Object.getOwnPropertyNames(fs)) {
    Object.defineProperty(copy, name, Object.getOwnPropertyDescriptor(fs, name) as PropertyDescriptor);
  }
  expect(copy.readFileSync('/f', 'utf8')).toBe('x');
});

test('what is assigned takes the place of a call, in this object alone', () => {
  const union = unionWithFile();
  const fork = union.fork();
  union.fs.readFileSync = (() => 'assigned') as never;
  expect(union.fs.readFileSync('/f', 'utf8')).toBe('assigned');
  expect(fork.fs.readFileSync('/f', 'utf8')).toBe('x');
});

test('vi.spyOn sees the calls, passes them on, and takes itself away again', () => {
  const { fs } = unionWithFile();
  const spy = vi.spyOn(fs, 'readFileSync');
  expect(fs.readFileSync('/f', 'utf8')).toBe('x');
  expect(spy).toHaveBeenCalledExactlyOnceWith('/f', 'utf8');
  spy.mockReturnValueOnce('mocked');
  expect(fs.readFileSync('/f', 'utf8')).toBe('mocked');
  spy.mockRestore();
  expect(fs.readFileSync('/f', 'utf8')).toBe('x');
});

test('mock.method of node:test takes a spread one', () => {
  const fs = { ...unionWithFile().fs };
  const mocked = mock.method(fs, 'readFileSync', () => 'mocked');
  expect(fs.readFileSync('/f', 'utf8')).toBe('mocked');
  mocked.mock.restore();
  expect(fs.readFileSync('/f', 'utf8')).toBe('x');
});
