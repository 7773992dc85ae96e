/** Reads `CONTAINER:PATH` and applies Docker's rules of where a copy ends up. */

import { posix } from 'node:path';
import { isDirectory } from '../../tree/node.js';
import { UsageError } from '../usage.js';
import type { CopySource, CopyTarget, FoundNode } from './side.js';

/** An operand of `cp`. */
export type Place =
  | { readonly kind: 'stream' }
  | { readonly kind: 'host'; readonly path: string }
  | { readonly kind: 'container'; readonly container: string; readonly path: string };

/** What is copied. */
export interface Subject {
  /** Without symlinks on the way; the last part is a symlink only if the symlink itself is meant. */
  readonly path: string;
  /** The name it has as the user wrote it. */
  readonly name: string;
  readonly node: FoundNode;
  /** `DIR/.`: what is in the directory, not the directory. */
  readonly contentsOnly: boolean;
}

/** A colon makes a container's path, unless it is behind a slash or a leading dot: `./a:b` is a file of the host. */
export function parsePlace(text: string): Place {
  if (text === '-') return { kind: 'stream' };
  const colon = text.indexOf(':');
  if (colon < 1 || text.startsWith('/') || text.startsWith('.')) return { kind: 'host', path: text };
  const path = text.slice(colon + 1);
  if (path === '') throw new UsageError(`'${text}' names no path`, 'Write CONTAINER:PATH.');
  return { kind: 'container', container: text.slice(0, colon), path: path.startsWith('/') ? path : `/${path}` };
}

/** Finds what is to be copied. A symlink is copied as such, unless `follow` or a slash behind it asks for its target. */
export async function findSubject(side: CopySource, path: string, follow: boolean): Promise<Subject> {
  const wantsDirectory = endsAsDirectory(path);
  const node = await side.find(path, follow || wantsDirectory);
  if (node === undefined) throw missing(path);
  if (wantsDirectory && !isDirectory(node)) throw pathError('ENOTDIR', `not a directory: ${path}`);
  const name = posix.basename(posix.normalize(path));
  const found = follow || wantsDirectory ? await side.realpath(path) : await besidesLinks(side, path);
  const contentsOnly = /(^|\/)\.$/.test(path) || name === '' || name === '.' || name === '..';
  return { path: found, name, node, contentsOnly: contentsOnly && isDirectory(node) };
}

/**
 * Where a subject goes: into a directory that exists, under the given name otherwise. Fails where `docker cp` fails: the
 * directory above must exist, and a directory goes into no file.
 */
export async function placeSubject(side: CopyTarget, subject: Subject, path: string): Promise<string> {
  const existing = await side.find(path, true);
  if (existing !== undefined && isDirectory(existing)) {
    const directory = await side.realpath(path);
    return subject.contentsOnly ? directory : posix.join(directory, subject.name);
  }
  if (existing !== undefined) {
    if (isDirectory(subject.node)) throw pathError('ENOTDIR', `cannot copy a directory onto a file: ${path}`);
    if (endsAsDirectory(path)) throw pathError('ENOTDIR', `not a directory: ${path}`);
    return side.realpath(path);
  }
  if (endsAsDirectory(path) && !isDirectory(subject.node)) throw missing(path, 'no such directory');
  return besidesLinks(side, path);
}

/** A path whose directory is real and has no symlinks; the last part is left as it is. */
async function besidesLinks(side: CopySource, path: string): Promise<string> {
  const clean = posix.normalize(path).replace(/(.)\/$/, '$1');
  if (clean === '/') return clean;
  const parent = posix.dirname(clean);
  const found = await side.find(parent, true);
  if (found === undefined) throw missing(parent, 'no such directory');
  if (!isDirectory(found)) throw pathError('ENOTDIR', `not a directory: ${parent}`);
  return posix.join(await side.realpath(parent), posix.basename(clean));
}

/** An error of the file system's kind, with a code and no need for a hint. */
export function pathError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

function missing(path: string, what = 'no such file or directory'): Error {
  return pathError('ENOENT', `${what}: ${path}`);
}

function endsAsDirectory(path: string): boolean {
  return path.endsWith('/') || path.endsWith('/.') || path === '.';
}
