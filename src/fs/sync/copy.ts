/** cp: copies a file, a symlink or a whole tree. */

import { isDirectory, isSymlink, S_IFIFO, S_IFMT, S_IFSOCK } from '../../tree/node.js';
import { FsError } from '../../union/errno.js';
import type { InodeStat, Kernel } from '../../union/kernel.js';
import { checkObject, integerOf, type PathLike, pathOf } from '../arguments.js';
import { FsArgumentError, FsRefusal, FsStateError, invalidType } from '../errors.js';
import { directoryOf, joined, prefixOf } from '../path-text.js';
import { absolutePath } from '../relative-kernel.js';
import { asCall } from '../rephrase.js';
import { isSameFile } from '../same-file.js';
import type { ContentCalls } from './content.js';
import { mkdirDeep } from './names.js';

export interface CopyOptions {
  readonly recursive?: boolean;
  /** Replaces files that are there; true unless said otherwise. */
  readonly force?: boolean;
  /** Without `force`: what is there is an error instead of being left alone. */
  readonly errorOnExist?: boolean;
  /** Copies what a symlink leads to. */
  readonly dereference?: boolean;
  readonly preserveTimestamps?: boolean;
  /** Leaves a relative target of a symlink as it is written. */
  readonly verbatimSymlinks?: boolean;
  /** Passed on to copyFile. */
  readonly mode?: number;
  /** Leaves out what it answers false for; here it must answer at once. */
  readonly filter?: (source: string, destination: string) => boolean;
}

type CopyCall = (source: PathLike, destination: PathLike, options?: CopyOptions) => void;

export interface CopyCalls {
  readonly cpSync: CopyCall;
  /** What the faces with promises and callbacks make of it. */
  readonly copyLater: CopyCall;
}

const PERMISSIONS = 0o7777;
const DIRECTORY_MODE = 0o777;
/** All flags of copyFile. */
const MAX_MODE = 7;
const ERRNO = { EEXIST: 17, EINVAL: 22, EISDIR: 21, ENOTDIR: 20 };

/** Of a symlink that is to replace another, Node's faces look at different ends before they do it. */
type LooksAt = 'source' | 'destination';

export function copyCalls(kernel: Kernel, content: ContentCalls): CopyCalls {
  const copy =
    (looksAt: LooksAt): CopyCall =>
    (source, destination, options) => {
      checkCopyOptions(options);
      new Copy(kernel, content, { ...options, looksAt }).top(pathOf(source, 'src'), pathOf(destination, 'dest'));
    };
  return { cpSync: copy('destination'), copyLater: copy('source') };
}

const SWITCHES = [
  'dereference',
  'errorOnExist',
  'force',
  'preserveTimestamps',
  'recursive',
  'verbatimSymlinks',
] as const;

/** As in Node, a switch that is spelled out must be a boolean, and not `undefined`. */
export function checkCopyOptions(options: CopyOptions | undefined): void {
  checkObject(options, 'options');
  if (options === undefined) return;
  for (const name of SWITCHES) {
    if (name in options && typeof options[name] !== 'boolean') {
      throw invalidType(`options.${name}`, 'of type boolean', options[name]);
    }
  }
  integerOf(options.mode ?? 0, 'mode', 0, MAX_MODE);
  if (options.dereference === true && options.verbatimSymlinks === true) {
    const message = 'Option "dereference" cannot be used in combination with option "verbatimSymlinks"';
    throw new FsArgumentError('ERR_INCOMPATIBLE_OPTION_PAIR', message);
  }
  if (options.filter !== undefined && typeof options.filter !== 'function') {
    throw invalidType('options.filter', 'of type function', options.filter);
  }
}

/** One run of cp with its options. */
class Copy {
  readonly #kernel: Kernel;
  readonly #content: ContentCalls;
  readonly #options: CopyOptions & { readonly looksAt: LooksAt };

  constructor(kernel: Kernel, content: ContentCalls, options: CopyOptions & { readonly looksAt: LooksAt }) {
    this.#kernel = kernel;
    this.#content = content;
    this.#options = options;
  }

  top(source: string, destination: string): void {
    if (!this.#wanted(source, destination)) return;
    const inode = this.#lookUp(source);
    const there = this.#existing(destination);
    refuse(this.#kernel, inode, there, source, destination);
    const parent = parentOf(destination);
    refuseBelow(this.#kernel, inode, source, destination);
    if (this.#kernel.find(parent, true) === undefined) {
      asCall('mkdir', () => mkdirDeep(this.#kernel, parent, DIRECTORY_MODE), parent);
    }
    this.#entry(inode, there, source, destination);
  }

  #entry(inode: InodeStat, there: InodeStat | undefined, source: string, destination: string): void {
    if (isDirectory(inode)) this.#directory(inode, source, destination, there !== undefined);
    else if (isSymlink(inode)) this.#symlink(source, destination, there !== undefined);
    else this.#file(inode, source, destination, there !== undefined);
  }

  /** What stands at the destination; undefined where nothing does, other errors are thrown. */
  #existing(path: string): InodeStat | undefined {
    const follow = this.#options.dereference === true;
    const inode = this.#kernel.find(path, follow);
    if (inode !== undefined) return inode;
    const code = this.#kernel.whyMissing(path, follow);
    if (code === undefined || code === 'ENOENT') return undefined;
    throw new FsError(code, follow ? 'stat' : 'lstat', path);
  }

  #directory(inode: InodeStat, source: string, destination: string, there: boolean): void {
    if (this.#options.recursive !== true) {
      throw refusal('ERR_FS_EISDIR', 'Path is a directory', 'EISDIR', `${source} is a directory (not copied)`, source);
    }
    const mode = inode.mode & PERMISSIONS;
    if (!there) this.#kernel.mkdir(destination, DIRECTORY_MODE);
    const names = asCall('opendir', () => this.#kernel.readdir(source), source);
    const [sources, destinations] = [prefixOf(source), prefixOf(destination)];
    for (const name of names) {
      const [from, to] = [sources + name, destinations + name];
      if (!this.#wanted(from, to)) continue;
      const child = this.#lookUp(from);
      const taken = this.#existing(to);
      refuse(this.#kernel, child, taken, from, to);
      this.#entry(child, taken, from, to);
    }
    if (!there) this.#kernel.chmod(destination, mode);
  }

  #file(inode: InodeStat, source: string, destination: string, there: boolean): void {
    refuseUnreadable(inode, destination);
    if (there && !this.#replaces(destination)) return;
    if (there) this.#kernel.unlink(destination);
    const time = { sec: inode.mtimeSec, nsec: inode.mtimeNsec };
    this.#content.copyFileSync(source, destination, this.#options.mode);
    if (this.#options.preserveTimestamps === true) this.#kernel.utimes(destination, time, time);
    this.#kernel.chmod(destination, inode.mode & PERMISSIONS);
  }

  #symlink(source: string, destination: string, there: boolean): void {
    const written = this.#kernel.readlink(source);
    const kept = written.startsWith('/') || this.#options.verbatimSymlinks === true;
    const target = kept ? written : absolutePath(this.#kernel, joined(directoryOf(source), written));
    if (there && isSymlink(this.#kernel.lstat(destination))) {
      refuseLoop(this.#kernel, target, destination, this.#options.looksAt === 'source' ? source : destination);
      this.#kernel.unlink(destination);
    }
    this.#kernel.symlink(target, destination);
  }

  #lookUp(path: string): InodeStat {
    return this.#options.dereference === true ? this.#kernel.stat(path) : this.#kernel.lstat(path);
  }

  #replaces(destination: string): boolean {
    if (this.#options.force !== false) return true;
    if (this.#options.errorOnExist !== true) return false;
    throw refusal('ERR_FS_CP_EEXIST', 'Target already exists', 'EEXIST', `${destination} already exists`, destination);
  }

  #wanted(source: string, destination: string): boolean {
    const answer: unknown = this.#options.filter?.(source, destination) ?? true;
    if (typeof answer !== 'object') return Boolean(answer);
    const message = 'Expected a boolean to be returned from the "filter" function';
    throw new FsStateError('ERR_INVALID_RETURN_VALUE', message);
  }
}

/** What Node takes for the directory of a path: of several slashes before the last name all but one stay. */
function parentOf(path: string): string {
  const bare = path.replace(/\/+$/, '');
  const slash = bare.lastIndexOf('/');
  return slash > 0 ? bare.slice(0, slash) : directoryOf(path);
}

/** What cannot be copied as it is asked for, in the order in which Node finds out. */
function refuse(
  kernel: Kernel,
  inode: InodeStat,
  there: InodeStat | undefined,
  source: string,
  destination: string,
): void {
  if (there !== undefined) refuseClash(inode, there, source, destination);
  if (!isDirectory(inode) || !isInside(kernel, source, destination)) return;
  throw insideItself(source, destination);
}

/** True when the text says that `inner` is `outer`, or lies below it. */
function isInside(kernel: Kernel, outer: string, inner: string): boolean {
  const [from, to] = [absolutePath(kernel, outer), absolutePath(kernel, inner)];
  return to === from || to.startsWith(joined(from, ''));
}

/** A directory cannot be copied into itself, by whatever path: the copy would never end. */
function refuseBelow(kernel: Kernel, inode: InodeStat, source: string, destination: string): void {
  const beside = absolutePath(kernel, directoryOf(source));
  for (
    let path = absolutePath(kernel, directoryOf(destination));
    path !== beside && path !== '/';
    path = directoryOf(path)
  ) {
    const parent = kernel.find(path, true);
    if (parent === undefined) return;
    if (parent.ino === inode.ino) throw insideItself(source, destination);
  }
}

/** `path` is what the error names, where the destination is only what that leads to. */
function insideItself(source: string, destination: string, path: string = destination): FsRefusal {
  const message = `cannot copy ${source} to a subdirectory of self ${destination}`;
  return refusal('ERR_FS_CP_EINVAL', 'Invalid src or dest', 'EINVAL', message, path);
}

/** A symlink is not replaced by one that leads into what it leads to, nor the other way round if `end` is a directory. */
function refuseLoop(kernel: Kernel, target: string, destination: string, end: string): void {
  const written = kernel.readlink(destination);
  const old = written.startsWith('/') ? written : absolutePath(kernel, joined(directoryOf(destination), written));
  if (isInside(kernel, target, old)) throw insideItself(target, old, destination);
  if (!isDirectory(kernel.stat(end)) || !isInside(kernel, old, target)) return;
  const message = `cannot overwrite ${old} with ${target}`;
  const what = 'Cannot overwrite symlink in subdirectory of self';
  throw refusal('ERR_FS_CP_SYMLINK_TO_SUBDIRECTORY', what, 'EINVAL', message, destination);
}

function refuseClash(inode: InodeStat, there: InodeStat, source: string, destination: string): void {
  if (isSameFile(inode, there)) {
    throw refusal('ERR_FS_CP_EINVAL', 'Invalid src or dest', 'EINVAL', 'src and dest cannot be the same', destination);
  }
  if (isDirectory(inode) && !isDirectory(there)) {
    const message = `cannot overwrite non-directory ${destination} with directory ${source}`;
    const what = 'Cannot overwrite non-directory with directory';
    throw refusal('ERR_FS_CP_DIR_TO_NON_DIR', what, 'EISDIR', message, destination);
  }
  if (!isDirectory(inode) && isDirectory(there)) {
    const message = `cannot overwrite directory ${destination} with non-directory ${source}`;
    const what = 'Cannot overwrite directory with non-directory';
    throw refusal('ERR_FS_CP_NON_DIR_TO_DIR', what, 'ENOTDIR', message, destination);
  }
}

function refuseUnreadable(inode: InodeStat, destination: string): void {
  const type = inode.mode & S_IFMT;
  if (type === S_IFSOCK) {
    const message = `cannot copy a socket file: ${destination}`;
    throw refusal('ERR_FS_CP_SOCKET', 'Cannot copy a socket file', 'EINVAL', message, destination);
  }
  if (type === S_IFIFO) {
    const message = `cannot copy a FIFO pipe: ${destination}`;
    throw refusal('ERR_FS_CP_FIFO_PIPE', 'Cannot copy a FIFO pipe', 'EINVAL', message, destination);
  }
}

function refusal(code: string, what: string, errnoCode: keyof typeof ERRNO, message: string, path: string): FsRefusal {
  return new FsRefusal(code, what, { code: errnoCode, message, path, syscall: 'cp', errno: ERRNO[errnoCode] });
}
