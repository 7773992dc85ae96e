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

test('a rename changes the ctime of what moved, and leaves what stays where it is alone', async () => {
  const { union, step } = timed();
  const made = step();
  union.fs.mkdirSync('/d');
  union.fs.writeFileSync('/d/f', 'x');
  union.fs.writeFileSync('/g', 'x');
  const renamed = step();
  union.fs.renameSync('/d', '/n');
  union.fs.renameSync('/g', '/g2');
  expect(times(union, '/n')).toEqual([made, made, renamed, made]);
  expect(times(union, '/g2')).toEqual([made, made, renamed, made]);
  expect(times(union, '/n/f')).toEqual([made, made, made, made]);
  step();
  union.fs.renameSync('/n', '/n');
  expect(times(union, '/n')).toEqual([made, made, renamed, made]);
});

test('a rename changes the ctime of what a layer below holds', async () => {
  const below = timed();
  const made = below.step();
  below.union.fs.mkdirSync('/d');
  below.union.fs.writeFileSync('/d/f', 'x');
  below.union.fs.symlinkSync('f', '/d/l');
  const union = UnionFs.over([await below.union.toLayer()], { clock: { now: () => ({ sec: 5000, nsec: 0 }) } });
  union.fs.renameSync('/d/f', '/d/n');
  union.fs.renameSync('/d/l', '/d/m');
  union.fs.renameSync('/d', '/e');
  expect(times(union, '/e/n')).toEqual([made, made, 5000, made]);
  expect(times(union, '/e/m')).toEqual([made, made, 5000, made]);
  expect(union.fs.lstatSync('/e').ctimeMs).toBe(5_000_000);
  expect(union.fs.readFileSync('/e/n', 'utf8')).toBe('x');
});

test('an open directory tells when it was removed', async () => {
  const { union, step } = timed();
  const made = step();
  union.fs.mkdirSync('/d');
  const lower = UnionFs.over([await union.toLayer()], { clock: { now: () => ({ sec: 5000, nsec: 0 }) } });
  for (const { fs } of [union, lower]) {
    const fd = fs.openSync('/d', 'r');
    const now = step();
    fs.rmdirSync('/d');
    const { mtimeMs, ctimeMs } = fs.fstatSync(fd);
    expect([mtimeMs / 1000, ctimeMs / 1000]).toEqual([made, fs === union.fs ? now : 5000]);
    fs.closeSync(fd);
  }
});

test('a layer keeps the mtime, which stands for all four', async () => {
  const { union, step } = timed();
  step();
  union.fs.writeFileSync('/f', 'x');
  union.fs.utimesSync('/f', 5, 7);
  expect(times(UnionFs.over([await union.toLayer()]), '/f')).toEqual([7, 7, 7, 7]);
});
