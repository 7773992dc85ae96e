/** The layers under every sequence, as data: one list of entries is written to disk and packed as our layers. */

/** Where the kernel has its mount; our view has the same directory, so that all paths and errors are the same text. */
export const MOUNT = '/mnt/m';
/** Where the calls are made: below the mount, so that `..` in symlinks stays on it. */
const INSIDE = '/p/q/r';
export const PLACE: string = MOUNT + INSIDE;

export const USER = { uid: 1000, gid: 1000, groups: [2000], umask: 0o022 } as const;

/** `path` is below the mount. Whiteouts and opaque marks concern the layers below. */
export interface Entry {
  readonly kind: 'directory' | 'file' | 'symlink' | 'link' | 'whiteout' | 'opaque';
  readonly path: string;
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Whole seconds. */
  readonly mtime: number;
  /** The content of a file, the target of a symlink, the other path of a link. */
  readonly text: string;
  /** Values by name. */
  readonly xattrs: Readonly<Record<string, string>>;
}

type Details = Partial<Pick<Entry, 'mode' | 'uid' | 'gid' | 'xattrs'>>;

/** An entry at a path below the place. Its time comes from the path, so that equal lists are equal layers. */
export function entryAt(kind: Entry['kind'], path: string, text: string, details: Details): Entry {
  const mode = kind === 'directory' ? 0o755 : 0o644;
  const mtime = 900_000_000 + [...path].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 10_000, 0);
  return { kind, path: INSIDE + path, mode, uid: 0, gid: 0, mtime, text, xattrs: {}, ...details };
}

const dir = (path: string, details?: Details): Entry => entryAt('directory', path, '', details ?? {});
const file = (path: string, text: string, details?: Details): Entry => entryAt('file', path, text, details ?? {});
const symlink = (path: string, target: string): Entry => entryAt('symlink', path, target, { mode: 0o777 });
const link = (path: string, other: string): Entry => entryAt('link', path, INSIDE + other, {});
const whiteout = (path: string): Entry => entryAt('whiteout', path, '', {});
const opaque = (path: string): Entry => entryAt('opaque', path, '', {});

/** The directories above the place, in every layer alike: the kernel shows those of the topmost. */
export const entriesAbove: readonly Entry[] = ['/p', '/p/q', INSIDE].map((path) => ({
  ...entryAt('directory', '', '', {}),
  path,
  ...(path === INSIDE ? { mode: 0o775, gid: 2000 } : {}),
}));

const bottom: readonly Entry[] = [
  dir('/a'),
  file('/a/a', 'lower a', { xattrs: { 'user.note': 'kept' } }),
  dir('/a/b', { xattrs: { 'user.note': 'on a directory' } }),
  file('/a/b/c', 'lower c'),
  link('/a/c', '/a/a'),
  dir('/b', { uid: 1000, gid: 1000 }),
  symlink('/b/a', '../a/b'),
  symlink('/b/b', 'nowhere'),
  file('/b/c', 'of the user', { uid: 1000, gid: 1000 }),
  file('/c', 'lower top', { mode: 0o664, gid: 2000 }),
  dir('/d'),
  file('/d/a', 'goes in the second layer'),
  file('/d/b', 'changes in the second layer'),
  dir('/d/c'),
  file('/d/c/a', 'below d/c'),
  dir('/e'),
  file('/e/a', 'never seen'),
  dir('/e/b'),
  dir('/f', { mode: 0o777 }),
  file('/f/a', 'hidden'),
  dir('/f/b'),
  file('/g', 'becomes a directory'),
  dir('/h'),
  file('/h/a', 'becomes nothing'),
  dir('/k', { mode: 0o777 }),
  dir('/k/a', { mode: 0o777 }),
  file('/k/a/a', 'deep', { mode: 0o666 }),
  file('/k/b', 'beside a', { mode: 0o666 }),
  symlink('/l', 'n'),
  dir('/s', { mode: 0o1777 }),
  file('/s/a', "root's", { mode: 0o666 }),
  file('/s/b', "the user's", { uid: 1000, gid: 1000 }),
  dir('/s/c', { mode: 0o777 }),
  dir('/t', { mode: 0o2775, gid: 2000 }),
  file('/t/a', 'of the group', { mode: 0o664, gid: 2000 }),
  dir('/t/b', { mode: 0o2775, uid: 1000, gid: 2000 }),
];

const middle: readonly Entry[] = [
  dir('/d'),
  whiteout('/d/a'),
  file('/d/b', 'changed', { mode: 0o600 }),
  whiteout('/e'),
  dir('/f', { mode: 0o777 }),
  whiteout('/f/a'),
  whiteout('/f/b'),
  whiteout('/g'),
  dir('/g'),
  file('/g/a', 'in what was a file'),
  whiteout('/h'),
  file('/h', 'was a directory'),
  dir('/u', { uid: 1000, gid: 1000, mode: 0o755 }),
  file('/u/a', 'at home', { uid: 1000, gid: 1000, mode: 0o600 }),
  dir('/u/b', { uid: 1000, gid: 2000, mode: 0o2750 }),
  file('/u/c', 'runs as its owner', { uid: 1000, gid: 2000, mode: 0o6755 }),
  dir('/v', { mode: 0o700 }),
  file('/v/a', 'out of reach', { mode: 0o666 }),
  dir('/w', { mode: 0o711 }),
  file('/w/a', 'not listed'),
  dir('/w/b', { mode: 0o755, uid: 1000 }),
  file('/x', 'runs as root', { mode: 0o4755, xattrs: { 'user.note': 'on a program' } }),
  link('/y', '/x'),
  symlink('/k/c', '../k/c'),
];

const top: readonly Entry[] = [
  dir('/e'),
  opaque('/e'),
  file('/e/c', 'new in e'),
  dir('/k', { mode: 0o777 }),
  dir('/k/a', { mode: 0o777 }),
  opaque('/k/a'),
  file('/k/a/b', 'only this', { mode: 0o666 }),
  dir('/d'),
  dir('/d/c', { mode: 0o777 }),
  file('/d/c/b', 'beside a'),
];

/** Layers, bottom first. */
export type Stack = readonly (readonly Entry[])[];

export const STACK: Stack = [
  [...entriesAbove, ...bottom],
  [...entriesAbove, dir('/k', { mode: 0o777 }), ...middle],
  [...entriesAbove, ...top],
];
