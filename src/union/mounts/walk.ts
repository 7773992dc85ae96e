/** Path walking over mounts (path_resolution(7)): component by component, asking the file system that each lies in. */

import { isNameTooLong, isPathTooLong } from '../../tree/names.js';
import { isDirectory, isSymlink } from '../../tree/node.js';
import { type Credentials, mayAccess, X_OK } from '../access.js';
import type { ErrnoCode } from '../errno.js';
import type { InodeStat, Kernel } from '../kernel.js';
import { SYMLINK_LIMIT } from '../resolve.js';
import type { Mount, MountTable } from './table.js';

/** The mounts of a view as one user sees them. */
export interface MountedView {
  readonly table: MountTable;
  readonly who: Credentials;
  kernelOf(mount: Mount): Kernel;
}

/** Where a path led. */
export interface Spot {
  readonly mount: Mount;
  readonly kernel: Kernel;
  /** In the mount. */
  readonly path: string;
  readonly inode: InodeStat | undefined;
  /** The mount of the directory in which the last component was looked up. */
  readonly within: Mount;
  /** That directory. */
  readonly directory: InodeStat;
  /** What the last component was: a name, a dot, two dots, or nothing at all (the path is `/`). */
  readonly last: 'name' | '.' | '..' | '';
  readonly trailingSlash: boolean;
}

/**
 * `follow` follows a symlink at the end, `text` too, and takes dots out of the text of what it reached as realpath(3)
 * does; `name` stops at the last name itself: the place in its directory, whatever is mounted there.
 */
export type WalkMode = 'follow' | 'text' | 'nofollow' | 'name';

/** Walks to a spot; the errno name instead where the path breaks off before its last component, which may be too long. */
export function walk(view: MountedView, path: string, mode: WalkMode): Spot | ErrnoCode {
  if (path === '') return 'ENOENT';
  if (mode !== 'text' && isPathTooLong(path)) return 'ENAMETOOLONG';
  return new Walk(view, mode).to(path);
}

/** One walk. It stands in a directory of a mount. */
class Walk {
  readonly #view: MountedView;
  readonly #mode: WalkMode;
  /** Components still to walk, the next one last. */
  readonly #pending: string[] = [];
  #followed = 0;
  #mount: Mount;
  #kernel: Kernel;
  #path = '';
  #inode: InodeStat | undefined;
  #trailingSlash = false;

  constructor(view: MountedView, mode: WalkMode) {
    this.#view = view;
    this.#mode = mode;
    this.#mount = view.table.root;
    this.#kernel = view.kernelOf(this.#mount);
    this.#inode = this.#look('');
  }

  to(path: string): Spot | ErrnoCode {
    this.#trailingSlash = path.endsWith('/');
    this.#push(path);
    let end: Spot | ErrnoCode | undefined;
    while (end === undefined) end = this.#step(this.#pending.pop());
    return end;
  }

  /** Takes one component; the end of the walk, if this was it. */
  #step(name: string | undefined): Spot | ErrnoCode | undefined {
    const directory = this.#inode;
    if (directory === undefined) return 'ENOENT';
    if (name === undefined) return this.#here('', this.#mount, directory);
    if (!isDirectory(directory)) return 'ENOTDIR';
    const dots = name === '.' || name === '..';
    const searched = !dots || this.#mode !== 'text';
    if (searched && !mayAccess(this.#view.who, directory, X_OK)) return 'EACCES';
    const last = this.#pending.length === 0;
    if (dots) {
      const within = this.#mount;
      if (name === '..') this.#up();
      return last ? this.#here(name, within, directory) : undefined;
    }
    return !last && isNameTooLong(name) ? 'ENAMETOOLONG' : this.#take(name, directory, last);
  }

  #take(name: string, directory: InodeStat, last: boolean): Spot | ErrnoCode | undefined {
    const path = `${this.#path}/${name}`;
    const [within, isNameOnly] = [this.#mount, last && this.#mode === 'name'];
    const child = isNameOnly ? undefined : within.children.get(path);
    const inode = child === undefined ? this.#look(path) : this.#enter(child);
    const follows = !last || this.#mode === 'follow' || this.#mode === 'text' || (this.#trailingSlash && !isNameOnly);
    if (inode !== undefined && isSymlink(inode) && follows && child === undefined) return this.#follow(path);
    if (child === undefined) this.#path = path;
    this.#inode = inode;
    if (last) return this.#here('name', within, directory);
    return inode === undefined || isDirectory(inode) ? undefined : 'ENOTDIR';
  }

  #follow(path: string): ErrnoCode | undefined {
    if (++this.#followed > SYMLINK_LIMIT) return 'ELOOP';
    const target = this.#kernel.readlink(this.#mount.inSource(path));
    if (target === '') return 'ENOENT';
    if (target.startsWith('/')) this.#inode = this.#enter(this.#view.table.root);
    this.#push(target);
    return undefined;
  }

  /** Goes to the root of a mount, or of what hides it. */
  #enter(mount: Mount): InodeStat | undefined {
    let top = mount;
    for (let hiding = top.children.get(''); hiding !== undefined; hiding = top.children.get('')) top = hiding;
    this.#move(top, '');
    return this.#look('');
  }

  /** At the root of a mount, two dots lead to the directory that its mount point is in. */
  #up(): void {
    let [mount, path]: [Mount, string] = [this.#mount, this.#path];
    while (path === '' && mount.parent !== undefined) [mount, path] = [mount.parent, mount.point];
    this.#move(mount, path.slice(0, Math.max(0, path.lastIndexOf('/'))));
    this.#inode = this.#look(this.#path);
  }

  #move(mount: Mount, path: string): void {
    if (mount !== this.#mount) this.#kernel = this.#view.kernelOf(mount);
    this.#mount = mount;
    this.#path = path;
  }

  #look(path: string): InodeStat | undefined {
    return this.#kernel.find(this.#mount.inSource(path), false);
  }

  #push(path: string): void {
    const names = path.split('/');
    for (let at = names.length - 1; at >= 0; at--) if (names[at] !== '') this.#pending.push(names[at] as string);
  }

  #here(last: Spot['last'], within: Mount, directory: InodeStat): Spot {
    return {
      mount: this.#mount,
      kernel: this.#kernel,
      path: this.#path,
      inode: this.#inode,
      within,
      directory,
      last,
      trailingSlash: this.#trailingSlash,
    };
  }
}
