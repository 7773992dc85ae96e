import { expect, test } from 'vitest';
import { UnionFs } from '../../src/index.js';
import type { Timestamp } from '../../src/union/kernel.js';

/** A union whose clock goes one second on with each step. */
function timed(): { union: UnionFs; step: () => number } {
  let sec = 1000;
  const union = UnionFs.over([], { clock: { now: (): Timestamp => ({ sec, nsec: 0 }) } });
  return { union, step: () => ++sec };
}

const times = ({ fs }: UnionFs, path: string): number[] => {
  const { atimeMs, mtimeMs, ctimeMs, birthtimeMs } = fs.lstatSync(path);
  return [atimeMs, mtimeMs, ctimeMs, birthtimeMs].map((ms) => ms / 1000);
};

test('writing sets mtime and ctime, changing attributes the ctime alone, reading nothing', () => {
  const { union, step } = timed();
  const made = step();
  union.fs.writeFileSync('/f', 'x');
  expect(times(union, '/f')).toEqual([made, made, made, made]);
  const written = step();
  union.fs.appendFileSync('/f', 'y');
  expect(times(union, '/f')).toEqual([made, written, written, made]);
  const changed = step();
  union.fs.chmodSync('/f', 0o600);
  expect(times(union, '/f')).toEqual([made, written, changed, made]);
  step();
  union.fs.readFileSync('/f');
  expect(times(union, '/f')).toEqual([made, written, changed, made]);
});

test('utimes sets atime and mtime, and the ctime tells when', () => {
  const { union, step } = timed();
  const made = step();
  union.fs.writeFileSync('/f', 'x');
  const now = step();
  union.fs.utimesSync('/f', 5, 7);
  expect(times(union, '/f')).toEqual([5, 7, now, made]);
  expect(union.fs.statSync('/f', { bigint: true }).atimeNs).toBe(5_000_000_000n);
});

test('a link and an unlink change the ctime of what is left', () => {
  const { union, step } = timed();
  const made = step();
  union.fs.writeFileSync('/f', 'x');
  const linked = step();
  union.fs.linkSync('/f', '/g');
  expect(times(union, '/f')).toEqual([made, made, linked, made]);
  const unlinked = step();
  union.fs.unlinkSync('/g');
  expect(times(union, '/f')).toEqual([made, made, unlinked, made]);
});

test('a layer keeps the mtime, which stands for all four', async () => {
  const { union, step } = timed();
  step();
  union.fs.writeFileSync('/f', 'x');
  union.fs.utimesSync('/f', 5, 7);
  expect(times(UnionFs.over([await union.toLayer()]), '/f')).toEqual([7, 7, 7, 7]);
});
