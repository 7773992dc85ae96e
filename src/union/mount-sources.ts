/** What a view can mount that lies in memory: trees, volumes, tmpfs. */

import { emptyTree } from '../tree/edit.js';
import type { Tree } from '../tree/node.js';
import { type Credentials, ROOT } from './access.js';
import { FsError } from './errno.js';
import type { FileSystemStat, Kernel } from './kernel.js';
import type { MountKind, MountSource } from './mounts/source.js';
import { View } from './view.js';

/** A view, or whatever has one, such as a union. */
export type ViewOwner = View | { readonly view: View };

export interface TreeMountOptions {
  /** Mounts only what is at this path of the source: a directory or a file, found without following symlinks. */
  readonly subpath?: string;
}

/** A source that is a view. */
export interface ViewSource extends MountSource {
  readonly view: View;
}

/** TMPFS_MAGIC of linux/magic.h. */
const TMPFS_TYPE = 0x01021994;
/** What mount(8) gives the root of a tmpfs. */
const TMPFS_MODE = 0o1777;

class MountedView implements ViewSource {
  readonly kind: MountKind;
  readonly view: View;
  readonly base: string;
  declare readonly figures?: Partial<FileSystemStat>;

  constructor(kind: MountKind, view: View, base: string, figures?: Partial<FileSystemStat>) {
    this.kind = kind;
    this.view = view;
    this.base = base;
    if (figures !== undefined) this.figures = figures;
  }

  get identity(): View {
    return this.view;
  }

  kernelAs(who: Credentials): Kernel {
    return this.view.ownKernelAs(who);
  }

  fork(forks: Map<object | string, object | string>): MountSource {
    if (this.kind === 'volume') return this;
    const fork = (forks.get(this.view) as View | undefined) ?? this.view.forkOwn();
    forks.set(this.view, fork);
    return new MountedView(this.kind, fork, this.base, this.figures);
  }
}

/**
 * A tree, or the content of a view; a fork of the view that mounts it gets a fork of it. The mounts that a view has
 * itself do not come along.
 */
export function tree(source: Tree | ViewOwner, options: TreeMountOptions = {}): ViewSource {
  const view = 'nextIno' in source ? View.over(source) : viewOf(source);
  return new MountedView('tree', view, baseOf(view, options));
}

/** A file system that all views share that mount it, forks too; new and empty unless a view is given. */
export function volume(source?: ViewOwner, options: TreeMountOptions = {}): ViewSource {
  const view = source === undefined ? View.over(emptyTree()) : viewOf(source);
  return new MountedView('volume', view, baseOf(view, options));
}

export interface TmpfsOptions {
  /** Bytes that it may hold; more is ENOSPC. */
  readonly size?: number;
  /** Permission bits of its root; 0o1777 without it. */
  readonly mode?: number;
}

/** An empty file system; a fork of the view that mounts it gets a fork of it. */
export function tmpfs(options: TmpfsOptions = {}): ViewSource {
  const view = limitedView(options.size);
  view.ownKernelAs(ROOT).chmod('/', options.mode ?? TMPFS_MODE);
  return new MountedView('tmpfs', view, '', { type: TMPFS_TYPE });
}

/** An empty view that holds at most so many bytes. */
function limitedView(size: number | undefined): View {
  return View.over(emptyTree(), size === undefined ? {} : { limits: { bytes: size } });
}

function viewOf(source: ViewOwner): View {
  return source instanceof View ? source : source.view;
}

function baseOf(view: View, { subpath }: TreeMountOptions): string {
  const names = (subpath ?? '').split('/').filter((name) => name !== '' && name !== '.');
  if (names.includes('..')) throw new FsError('EINVAL', 'mount', subpath);
  const base = names.map((name) => `/${name}`).join('');
  if (view.ownKernelAs(ROOT).realpath(base || '/') !== (base || '/')) throw new FsError('ELOOP', 'mount', subpath);
  return base;
}
