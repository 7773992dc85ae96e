/** Random calls over mounts: a view with mounts against the kernel with the same ones, answer by answer. */

import { execFileSync } from 'node:child_process';
import nodeFs, { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { type Credentials, createFs, FsError, hostPath, type MountSource, tree, UnionFs } from '../../src/index.js';
import { requires } from '../kit/requires.js';
import type { AnyFs } from './differential/faces.js';
import { answerOf, fewCalls, LOWER } from './differential/few-calls.js';
import { listed } from './differential/listing.js';
import type { Operation } from './differential/operations.js';

/** As in the test without mounts: no `..` in a symlink climbs out of the directory that stands for a root. */
const PLACE = '/p/p/p/p';
/**
 * What each source shows when it is mounted: all of it, a directory or a file. A source that is mounted in part is never
 * mounted whole: Linux would follow the part to another name, and a view keeps to its path.
 */
const PARTS = ['', '', '/a', '/a/b', '/c'];

/** One mount of a source's part; it may hide another, or lie in one. */
interface Placement {
  readonly source: number;
  readonly point: string;
  readonly readOnly: boolean;
}

const placement: fc.Arbitrary<Placement> = fc.record({
  source: fc.nat(PARTS.length - 1),
  point: fc.constantFrom('/a', '/a/b', '/b', '/c', '/a/a', '/b/a'),
  readOnly: fc.boolean(),
});

const NAMES = ['a', 'b', 'c'];
const names = fc.array(fc.constantFrom(...NAMES, ...NAMES, ...NAMES, '..', '.'), { minLength: 1, maxLength: 3 });
/** Paths with dots and slashes at the end, which the plain operations do not have. */
const path = fc
  .tuple(fc.constantFrom(...NAMES), names, fc.constantFrom('', '', '/'))
  .map(([first, rest, slash]) => `/${first}/${rest.join('/')}${slash}`);

/** Symlinks that cross mounts, and calls that a mount answers otherwise than a directory does. */
const crossing: fc.Arbitrary<Operation> = fc.oneof(
  fc.tuple(fc.constant('absolute symlink'), path, path),
  fc.tuple(fc.constant('symlink'), fc.constantFrom('../a', '../b', '../c', '../a/b', '../b/a', '../../c'), path),
  fc.tuple(fc.constant('rename'), path, path),
  fc.tuple(fc.constant('link'), path, path),
  fc.tuple(fc.constantFrom('rmdir', 'unlink', 'mkdir', 'readFile', 'readdir', 'realpath', 'open'), path),
  fc.tuple(fc.constant('utimes'), path, fc.constant(1), fc.constant(1)),
  fc.tuple(fc.constant('open'), path, fc.nat(0o7777)),
  fc.tuple(fc.constant('access'), path, fc.constantFrom(0, 2, 4)),
  fc.tuple(fc.constant('writeFile'), path, fc.constant('crossed')),
);

/** Calls that tell where the root is, that need flags by their names, or that list in any order. */
function performMore(fs: typeof nodeFs, root: string, each: Operation): string {
  const [call, first, second] = each;
  const at = `${root}${String(first)}`;
  try {
    switch (call) {
      case 'absolute symlink':
        return String(fs.symlinkSync(at, `${root}${String(second)}`));
      case 'readdir':
        return fs.readdirSync(at).sort().join();
      case 'realpath':
        return fs.realpathSync.native(at).slice(root.length);
      case 'open':
        return String(fs.closeSync(fs.openSync(at, flagsOf(Number(second ?? 0)))));
      default:
        return answerOf(fs, root, each);
    }
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

const FLAGS = ['O_WRONLY', 'O_RDWR', 'O_CREAT', 'O_EXCL', 'O_TRUNC', 'O_APPEND', 'O_NOFOLLOW', 'O_DIRECTORY'] as const;

function flagsOf(bits: number): number {
  const chosen = FLAGS.filter((_, bit) => (bits & (1 << bit)) !== 0);
  const flags = chosen.reduce((sum, name) => sum | nodeFs.constants[name], 0);
  const { O_WRONLY, O_RDWR, O_CREAT, O_DIRECTORY } = nodeFs.constants;
  // O_CREAT with O_DIRECTORY made a file on kernels before 6.4; an access mode of 3 is for drivers.
  const allowed = (flags & O_CREAT) !== 0 ? flags & ~O_DIRECTORY : flags;
  return (allowed & (O_WRONLY | O_RDWR)) === (O_WRONLY | O_RDWR) ? allowed & ~O_WRONLY : allowed;
}

/** A part that is not there, or a directory on a file, is refused by both; mount(8) does not tell the errno. */
function mountReally(source: string, point: string, readOnly: boolean): string {
  try {
    execFileSync('mount', ['--bind', source, point], { stdio: 'ignore' });
  } catch {
    return 'refused';
  }
  if (readOnly) execFileSync('mount', ['-o', 'remount,bind,ro', point], { stdio: 'ignore' });
  return 'mounted';
}

function mountOurs(union: UnionFs, source: () => MountSource, { point, readOnly }: Placement): string {
  try {
    union.mount(PLACE + point, source(), { readOnly });
    return 'mounted';
  } catch (error) {
    if (error instanceof FsError) return 'refused';
    throw error;
  }
}

/** One of the file systems of a run, twice: one for our mounts, one for the kernel's. */
interface Twins {
  readonly ours: AnyFs;
  /** Where ours lies, if it is a directory. */
  readonly root: string;
  readonly source: (part: string) => MountSource;
  readonly theirs: string;
}

function filled(fs: typeof nodeFs, root: string): void {
  for (const each of LOWER) answerOf(fs, root + PLACE, each);
  for (const path of OWNED) fs.lchownSync(root + PLACE + path, USER.uid, USER.gid);
}

function realTree(root: string): string {
  mkdirSync(root + PLACE, { recursive: true });
  filled(nodeFs, root);
  return root;
}

function viewTwins(base: string): Twins {
  const union = UnionFs.over([]);
  union.fs.mkdirSync(PLACE, { recursive: true });
  filled(union.fs as unknown as typeof nodeFs, '');
  const source = (part: string): MountSource => tree(union, { subpath: PLACE + part });
  return { ours: union.fs, root: '', source, theirs: realTree(base) };
}

function hostTwins(base: string): Twins {
  const root = realTree(`${base}-ours`);
  return { ours: nodeFs, root, source: (part) => hostPath(root + PLACE + part), theirs: realTree(base) };
}

/** Whose calls are compared: root's, or somebody's who owns a part of what is there. */
const ROOT_USER: Credentials = { uid: 0, gid: 0, groups: [], umask: 0o022 };
const USER: Credentials = { uid: 1000, gid: 1000, groups: [], umask: 0o022 };
const OWNED = ['', '/a', '/a/a', '/b'];

/** Makes a call of node:fs with somebody's rights. */
function asUser<T>({ uid, gid, umask }: Credentials, step: () => T): T {
  const [groups, mask] = [process.getgroups?.() ?? [], process.umask(umask)];
  process.setgroups?.([]);
  process.setegid?.(gid);
  process.seteuid?.(uid);
  try {
    return step();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
    process.setgroups?.(groups);
    process.umask(mask);
  }
}

interface Comparison {
  readonly who: Credentials;
  readonly make: (base: string) => Twins;
}

function compare(base: string, { who, make }: Comparison, placements: Placement[], operations: Operation[]): void {
  const union = UnionFs.over([]);
  union.fs.mkdirSync(PLACE, { recursive: true });
  filled(union.fs as unknown as typeof nodeFs, '');
  const root = realTree(join(base, 'root'));
  const sources = PARTS.map((_, index) => make(join(base, String(index))));
  for (const placed of placements) {
    const [{ source, theirs }, part] = [sources[placed.source] as Twins, PARTS[placed.source] as string];
    const real = mountReally(theirs + PLACE + part, root + PLACE + placed.point, placed.readOnly);
    expect([placed, mountOurs(union, () => source(part), placed)]).toEqual([placed, real]);
  }
  fc.pre(union.mounts().length > 0);
  const fs = createFs(union.view.kernelAs(who)) as unknown as typeof nodeFs;
  for (const each of operations) {
    // access(2) asks for the real user, who is root here; and Linux can be set to refuse links to others' files.
    if (who !== ROOT_USER && ['access', 'link'].includes(each[0])) continue;
    const theirs = asUser(who, () => performMore(nodeFs, root + PLACE, each));
    expect([each, performMore(fs, PLACE, each)]).toEqual([each, theirs]);
  }
  const plain = (lines: string[]): string[] => lines.map((line) => line.replaceAll(root, ''));
  expect(listed(union.fs, '')).toEqual(plain(listed(nodeFs, root)));
  for (const { ours, root: place, theirs } of sources) {
    expect(listed(ours, place)).toEqual(plain(listed(nodeFs, theirs)));
  }
}

/** Runs the property on a tmpfs whose mounts go with it. */
function checkOnScratch(comparison: Comparison, numRuns: number): void {
  const scratch = mkdtempSync(join(tmpdir(), 'stratum-mounts-'));
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', scratch]);
  execFileSync('mount', ['--make-private', scratch]);
  nodeFs.chmodSync(scratch, 0o755);
  let count = 0;
  const calls = fc.array(fc.oneof(fewCalls, crossing), { minLength: 1, maxLength: 40 });
  const check = fc.property(fc.array(placement, { minLength: 1, maxLength: 4 }), calls, (placements, operations) => {
    const base = join(scratch, String(count++));
    mkdirSync(base);
    compare(base, comparison, placements, operations);
  });
  try {
    fc.assert(check, { numRuns: Number(process.env['STRATUM_MOUNT_RUNS'] ?? numRuns) });
  } finally {
    execFileSync('umount', ['-l', scratch]);
    rmSync(scratch, { recursive: true });
  }
}

const asRoot = requires('root', 'mount');

describe('random calls over mounts answer as they do on Linux with bind mounts, errors included', () => {
  asRoot('where trees are mounted', () => checkOnScratch({ who: ROOT_USER, make: viewTwins }, 40));
  asRoot('where directories of the machine are mounted', () => checkOnScratch({ who: ROOT_USER, make: hostTwins }, 25));
  asRoot('where trees are mounted, for a user', () => checkOnScratch({ who: USER, make: viewTwins }, 40));
  asRoot('where directories of the machine are mounted, for a user', () =>
    checkOnScratch({ who: USER, make: hostTwins }, 25),
  );
});
