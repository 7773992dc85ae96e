/**
 * The file system of a just-bash shell over a union: `stratum/just-bash`. Nothing of just-bash is imported; its
 * IFileSystem is met by structure. No call asks for the working directory of the process, which just-bash's defences
 * forbid.
 */

import { FsError } from '../union/errno.js';
import type { CoreFs } from './create-fs.js';
import type { Dirent } from './dirent.js';
import type { TreeJson } from './json.js';
import { directoryOf, joined, withoutDots } from './path-text.js';
import type { Stats } from './stats.js';
import { UnionFs } from './union-fs.js';

/** The encodings that just-bash names. */
export type BashEncoding = 'utf8' | 'utf-8' | 'ascii' | 'binary' | 'base64' | 'hex' | 'latin1';

type EncodingOption = { readonly encoding?: BashEncoding | null } | BashEncoding;

export interface BashStat {
  readonly isFile: boolean;
  readonly isDirectory: boolean;
  readonly isSymbolicLink: boolean;
  /** Permission bits. */
  readonly mode: number;
  readonly size: number;
  readonly mtime: Date;
  readonly dev: number;
  readonly ino: number;
}

export interface BashEntry {
  readonly name: string;
  readonly isFile: boolean;
  readonly isDirectory: boolean;
  readonly isSymbolicLink: boolean;
}

/** just-bash's IFileSystem. Calls are rejected with Node's errors. */
export interface BashFileSystem {
  readFile(path: string, options?: EncodingOption): Promise<string>;
  readFileBuffer(path: string): Promise<Uint8Array>;
  writeFile(path: string, content: string | Uint8Array, options?: EncodingOption): Promise<void>;
  appendFile(path: string, content: string | Uint8Array, options?: EncodingOption): Promise<void>;
  exists(path: string): Promise<boolean>;
  stat(path: string): Promise<BashStat>;
  lstat(path: string): Promise<BashStat>;
  mkdir(path: string, options?: { readonly recursive?: boolean }): Promise<void>;
  readdir(path: string): Promise<string[]>;
  readdirWithFileTypes(path: string): Promise<BashEntry[]>;
  rm(path: string, options?: { readonly recursive?: boolean; readonly force?: boolean }): Promise<void>;
  cp(source: string, target: string, options?: { readonly recursive?: boolean }): Promise<void>;
  mv(source: string, target: string): Promise<void>;
  resolvePath(base: string, path: string): string;
  getAllPaths(): string[];
  chmod(path: string, mode: number): Promise<void>;
  symlink(target: string, path: string): Promise<void>;
  link(existing: string, path: string): Promise<void>;
  readlink(path: string): Promise<string>;
  realpath(path: string): Promise<string>;
  utimes(path: string, atime: Date, mtime: Date): Promise<void>;
  /** Called by the shell for each of its commands, to make them known under the paths that scripts expect. */
  writeFileSync(path: string, content: string): void;
}

export interface BashFileSystemOptions {
  /**
   * A write makes the directories that are missing above the file, as just-bash's own file systems do; the default.
   * With `false` it fails as on Linux, and `bash.exec` is rejected: just-bash 3.4 takes no error from a redirect.
   */
  readonly makeParents?: boolean;
}

/** What scripts and the shell itself expect to find. */
const SHELL_FILES: TreeJson = {
  '/dev/null': '',
  '/dev/zero': '',
  '/dev/stdin': '',
  '/dev/stdout': '',
  '/dev/stderr': '',
  '/dev/fd': null,
};

/**
 * Makes what `new Bash({ fs })` takes. Scripts write to the union and to nothing else, and the shell puts nothing of
 * its own into it: `/dev` is private, as a container's is, and hides what the union has there; commands of the shell
 * are found in `/bin` and `/usr/bin`, without being listed there.
 */
export function bashFileSystem(
  union: Pick<UnionFs, 'fs'>,
  { makeParents = true }: BashFileSystemOptions = {},
): BashFileSystem {
  // The core's own view of the objects: Node's types are not at hand here.
  const files = union.fs as unknown as CoreFs;
  const own = UnionFs.fromJSON(SHELL_FILES).fs as unknown as CoreFs;
  const at = (path: string): CoreFs => (path === '/dev' || path.startsWith('/dev/') ? own : files);
  const seenAt = (path: string): CoreFs => (own.existsSync(path) && !files.existsSync(path) ? own : at(path));
  const place = (path: string): Place => ({ fs: at(path), path });

  function write(path: string, put: () => void): void {
    if (path === DISCARD) return;
    try {
      put();
    } catch (error) {
      const above = directoryOf(path);
      const isMissing = error instanceof FsError && error.code === 'ENOENT' && !at(path).existsSync(above);
      if (!makeParents || !isMissing) throw error;
      at(path).mkdirSync(above, { recursive: true });
      put();
    }
  }

  return {
    readFile: async (path, options) => seenAt(path).readFileSync(path, encodingOf(options)),
    readFileBuffer: async (path) => seenAt(path).readFileSync(path),
    writeFile: async (path, content, options) =>
      write(path, () => at(path).writeFileSync(path, content, encodingOf(options))),
    appendFile: async (path, content, options) =>
      write(path, () => at(path).appendFileSync(path, content, encodingOf(options))),
    exists: async (path) => seenAt(path).existsSync(path),
    stat: async (path) => bashStat(seenAt(path).statSync(path)),
    lstat: async (path) => bashStat(seenAt(path).lstatSync(path)),
    async mkdir(path, options = {}) {
      at(path).mkdirSync(path, { recursive: options.recursive === true });
    },
    readdir: async (path) => at(path).readdirSync(path),
    readdirWithFileTypes: async (path) => at(path).readdirSync(path, { withFileTypes: true }).map(bashEntry),
    rm: async (path, options = {}) => remove(at(path), path, options),
    async cp(source, target, options = {}) {
      if (target !== DISCARD) copy(place(source), place(target), options.recursive === true);
    },
    async mv(source, target) {
      if (at(source) === at(target)) at(source).renameSync(source, target);
      else throw new FsError('EXDEV', 'rename', source, target);
    },
    resolvePath: (base, path) => withoutDots(path.startsWith('/') ? path : joined(base, path)),
    // Globs are answered by listings; this is for file systems that have none.
    getAllPaths: () => [],
    chmod: async (path, mode) => at(path).chmodSync(path, mode),
    symlink: async (target, path) => at(path).symlinkSync(target, path),
    async link(existing, path) {
      if (at(existing) === at(path)) at(path).linkSync(existing, path);
      else throw new FsError('EXDEV', 'link', existing, path);
    },
    readlink: async (path) => at(path).readlinkSync(path),
    realpath: async (path) => at(path).realpathSync(path),
    utimes: async (path, atime, mtime) => at(path).utimesSync(path, atime, mtime),
    writeFileSync(path, content) {
      own.mkdirSync(directoryOf(path), { recursive: true });
      own.writeFileSync(path, content, { mode: 0o755 });
    },
  };
}

/** What is written here is gone. */
const DISCARD = '/dev/null';

const PERMISSIONS = 0o7777;

function encodingOf(options: EncodingOption | undefined): BashEncoding {
  return (typeof options === 'object' ? options.encoding : options) ?? 'utf8';
}

function bashStat(stats: Stats): BashStat {
  const { mode, size, mtime, dev, ino } = stats;
  return { ...typesOf(stats), mode: mode & PERMISSIONS, size, mtime, dev, ino };
}

function bashEntry(entry: Dirent): BashEntry {
  return { name: entry.name, ...typesOf(entry) };
}

function typesOf(of: Stats | Dirent): Pick<BashStat, 'isFile' | 'isDirectory' | 'isSymbolicLink'> {
  return { isFile: of.isFile(), isDirectory: of.isDirectory(), isSymbolicLink: of.isSymbolicLink() };
}

/** A directory that is not to be removed with all below it must be empty. */
function remove(fs: CoreFs, path: string, options: { readonly recursive?: boolean; readonly force?: boolean }): void {
  const stats = fs.lstatSync(path, { throwIfNoEntry: options.force !== true });
  if (stats === undefined) return;
  if (!stats.isDirectory()) fs.unlinkSync(path);
  else if (options.recursive === true) fs.rmSync(path, { recursive: true });
  else fs.rmdirSync(path);
}

interface Place {
  readonly fs: CoreFs;
  readonly path: string;
}

/** As cp(1): a file that is there is written in place, and below a directory symlinks are copied as such. */
function copy(source: Place, target: Place, recursive: boolean): void {
  const stats = recursive ? source.fs.lstatSync(source.path) : source.fs.statSync(source.path);
  if (stats.isSymbolicLink()) {
    remove(target.fs, target.path, { force: true });
    target.fs.symlinkSync(source.fs.readlinkSync(source.path), target.path);
  } else if (stats.isDirectory() && recursive) {
    if (!target.fs.existsSync(target.path)) target.fs.mkdirSync(target.path, stats.mode & PERMISSIONS);
    for (const name of source.fs.readdirSync(source.path)) copy(inside(source, name), inside(target, name), true);
  } else if (source.fs === target.fs) source.fs.copyFileSync(source.path, target.path);
  else target.fs.writeFileSync(target.path, source.fs.readFileSync(source.path));
}

function inside({ fs, path }: Place, name: string): Place {
  return { fs, path: joined(path, name) };
}
