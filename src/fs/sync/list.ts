/** Listings: readdir, also through a whole tree, and opendir. */

import { isDirectory, S_IFDIR, S_IFMT } from '../../tree/node.js';
import type { Kernel } from '../../union/kernel.js';
import {
  checkBoolean,
  type EncodingOption,
  encodingOf,
  integerOf,
  optionsOf,
  type PathLike,
  pathOf,
} from '../arguments.js';
import { type Encoding, encodedName } from '../buffers.js';
import { Dir } from '../dir.js';
import { Dirent } from '../dirent.js';
import { prefixOf } from '../path-text.js';
import { asCall } from '../rephrase.js';

export interface ListOptions {
  readonly encoding?: Encoding | 'buffer' | null;
  readonly withFileTypes?: boolean;
  readonly recursive?: boolean;
}

type Listing = (string | Uint8Array)[] | Dirent<string | Uint8Array>[];

export interface ReaddirCall {
  (
    path: PathLike,
    options?:
      | Encoding
      | { readonly encoding?: Encoding | null; readonly withFileTypes?: false; readonly recursive?: boolean }
      | null,
  ): string[];
  (
    path: PathLike,
    options: { readonly encoding?: Encoding | null; readonly withFileTypes: true; readonly recursive?: boolean },
  ): Dirent[];
  (path: PathLike, options: ListOptions | EncodingOption): Listing;
}

export interface OpendirOptions {
  readonly encoding?: Encoding | 'buffer' | null;
  /** Taken for Node's sake; a listing is at hand at once. */
  readonly bufferSize?: number;
  readonly recursive?: boolean;
}

export interface ListCalls {
  readonly readdirSync: ReaddirCall;
  opendirSync(path: PathLike, options?: OpendirOptions | Encoding | null): Dir;
}

/** A directory in a listing: its path as the caller spelled the top, and below the top. */
interface Visit {
  readonly path: string;
  readonly prefix: string;
}

const MAX_UINT32 = 0xffffffff;

export function listCalls(kernel: Kernel): ListCalls {
  function readdirSync(path: PathLike, options?: ListOptions | EncodingOption): Listing {
    if (options === undefined) return kernel.readdir(pathOf(path));
    const given = optionsOf<ListOptions>(options);
    const encoding = encodingOf(given);
    const name = pathOf(path);
    const recursive = checkBoolean(given.recursive ?? undefined, 'options.recursive');
    if (given.withFileTypes === true) return typedNames(kernel, name, recursive, encoding);
    const names = recursive ? deepNames(kernel, name) : kernel.readdir(name);
    return encoding === undefined ? names : names.map((each) => encodedName(each, encoding));
  }

  return {
    readdirSync: readdirSync as ReaddirCall, // the overloads say which result an option gives
    opendirSync(path, options) {
      const given = optionsOf<OpendirOptions>(options);
      const name = pathOf(path);
      if ('bufferSize' in given) integerOf(given.bufferSize, 'options.bufferSize', 1, MAX_UINT32);
      const entries = asCall(
        'opendir',
        () => typedNames(kernel, name, given.recursive === true, encodingOf(given)),
        name,
      );
      return new Dir(name, entries as Dirent[]); // with the encoding `buffer` the names are bytes
    },
  };
}

/** Names below a directory, level by level; like Node it goes into symlinked directories too. */
function deepNames(kernel: Kernel, top: string): string[] {
  const found: string[] = [];
  const queue: Visit[] = [{ path: top, prefix: '' }];
  for (const visit of queue) {
    const parent = prefixOf(visit.path);
    for (const name of kernel.readdir(visit.path)) {
      const path = parent + name;
      found.push(visit.prefix + name);
      const inode = kernel.find(path, true);
      if (inode === undefined || !isDirectory(inode)) continue;
      queue.push({ path, prefix: `${visit.prefix}${name}/` });
    }
  }
  return found;
}

/** Entries of a directory or of the whole tree below it, level by level; no symlink is followed. */
function typedNames(
  kernel: Kernel,
  top: string,
  recursive: boolean,
  encoding: Encoding | 'buffer' | undefined,
): Dirent<string | Uint8Array>[] {
  const found: Dirent<string | Uint8Array>[] = [];
  const queue = [top];
  for (const path of queue) {
    for (const { name, mode } of kernel.readdirEntries(path)) {
      found.push(new Dirent(encodedName(name, encoding), path, mode));
      if (recursive && (mode & S_IFMT) === S_IFDIR) queue.push(prefixOf(path) + name);
    }
  }
  return found;
}
