/** The sources of a COPY or ADD, found and ready to be copied, with what they add to the key. */

import { utf8 } from '../base/bytes.js';
import { StratumError } from '../base/error.js';
import { digestOf } from '../digest/hasher.js';
import { pathPatterns } from '../dockerfile/ignore.js';
import { matchName } from '../dockerfile/match.js';
import { DirectoryNode, FileNode, S_IFREG, type TreeNode } from '../tree/node.js';
import { nodeAt, rootPath } from '../tree/root-path.js';
import type { SourceTree } from './context.js';
import { contentDigest } from './context.js';
import { expandSource, hasWildcards, type SelectedEntry, selectBelow } from './selection.js';
import type { CopyStep } from './step.js';
import { fileValue, type KeyPart } from './step-key.js';
import { canonicalPath } from './workdir.js';

/** One thing that is copied: a file, or what is in a directory. */
export interface FoundSource {
  /** Its path; the last name is used when it goes into a directory. */
  readonly name: string;
  readonly entries: readonly SelectedEntry[];
  readonly unpack: boolean;
  /** True for what comes from a build context, whose times mean nothing. */
  readonly isLocal: boolean;
}

/** Files fetched by URL: what they hold, and when they were changed. */
export interface FetchedFile {
  readonly bytes: Uint8Array;
  readonly mtimeSec: number;
}

const INLINE_MODE = 0o644;
const FETCHED_MODE = 0o600;

/** Fails as {@link findInTree} does where a source without wildcards is missing, and looks at nothing else. */
export function assertInTree({ parents }: CopyStep, path: string, source: SourceTree): void {
  if (hasWildcards(path)) return;
  existing(source, canonicalPath('/', parents ? path.replace('/./', '/') : path));
}

/** What a path of a source tree means: itself, or what its wildcards match. Fails when a plain path is missing. */
export function findInTree(step: CopyStep, path: string, source: SourceTree, isLocal: boolean): FoundSource[] {
  const exclude = step.exclude.length === 0 ? undefined : pathPatterns(step.exclude);
  const unpack = step.unpackLocal;
  if (step.parents) return findWithParents(path, source, { exclude, isLocal });
  return expandSource(source.tree, canonicalPath('/', path), matchName).map((name) => {
    const node = existing(source, name);
    return { name, entries: selectBelow(node, { include: undefined, exclude }), unpack, isLocal };
  });
}

function findWithParents(
  path: string,
  source: SourceTree,
  { exclude, isLocal }: { exclude: ReturnType<typeof pathPatterns> | undefined; isLocal: boolean },
): FoundSource[] {
  const pivot = path.indexOf('/./');
  const base = pivot < 0 ? '/' : canonicalPath('/', path.slice(0, pivot));
  const pattern = canonicalPath('/', pivot < 0 ? path : path.slice(pivot + 3)).slice(1);
  if (!hasWildcards(path)) existing(source, canonicalPath(base, pattern));
  const include = pattern === '' ? undefined : pathPatterns([pattern]);
  return expandSource(source.tree, base, matchName).map((name) => {
    const node = existing(source, name);
    const entries = selectBelow(node, { include, exclude });
    // A base that only leads to what is taken is not taken itself, and nothing may have been.
    return { name, entries, unpack: false, isLocal };
  });
}

/** The node that a path leads to, symlinks followed. */
function existing(source: SourceTree, path: string): TreeNode {
  const node = nodeAt(source.tree.root, rootPath(source.tree.root, path, { followLast: true }));
  if (node !== undefined) return node;
  throw new StratumError('BUILD_FAILED', `failed to compute cache key: ${JSON.stringify(path)}: not found`);
}

/** A heredoc, as a file of its name. */
export function inlineFile(name: string, content: string, mtimeSec: number): FoundSource {
  return { ...memoryFile(name, utf8(content), INLINE_MODE, mtimeSec), unpack: false };
}

export function fetchedFile(url: string, { bytes, mtimeSec }: FetchedFile, unpack: boolean): FoundSource {
  return { ...memoryFile(nameOfUrl(url), bytes, FETCHED_MODE, mtimeSec), unpack };
}

function memoryFile(name: string, bytes: Uint8Array, mode: number, mtimeSec: number): Omit<FoundSource, 'unpack'> {
  const attributes = { mode: S_IFREG | mode, uid: 0, gid: 0, mtimeSec, mtimeNsec: 0, xattrs: undefined };
  const content = { size: bytes.length, read: (at: number, length: number) => bytes.subarray(at, at + length) };
  const node = new FileNode(0, attributes, { id: 'inline' }, content, 0, bytes.length);
  return { name: `/${name}`, entries: [{ relative: '', node, isTaken: true }], isLocal: false };
}

function nameOfUrl(url: string): string {
  const { pathname } = new URL(url);
  const name = decodeURIComponent(pathname.slice(pathname.lastIndexOf('/') + 1));
  return name === '' || name === '.' || name === '..' || name.includes('/') ? '__unnamed__' : name;
}

/** What the sources add to the key: each file by its name and what it holds. */
export function sourceParts(step: CopyStep, found: readonly FoundSource[], source: SourceTree): KeyPart[] {
  const withMode = step.mode?.octal === undefined;
  const parts: KeyPart[] = [];
  for (const { name, entries } of found) {
    for (const { relative, node, isTaken } of entries) {
      const path = relative === '' ? name : `${name === '/' ? '' : name}/${relative}`;
      const isContent = relative === '' && node instanceof DirectoryNode;
      const value = isContent ? 'directory' : fileValue(node, source, { withMode: withMode && isTaken });
      parts.push({ name: `file ${path.slice(1) || '.'}`, value });
    }
  }
  return parts;
}

export const MEMORY_SOURCE: Pick<SourceTree, 'digest'> = { digest: contentDigest };

/** Holds a file against `--checksum`. Fails with DIGEST_INVALID. */
export function checkChecksum(bytes: Uint8Array, checksum: string): void {
  const algorithm = checksum.startsWith('sha512:') ? 'sha512' : 'sha256';
  const digest = digestOf(bytes, algorithm);
  if (digest !== checksum) throw new StratumError('DIGEST_INVALID', `digest mismatch ${digest}: ${checksum}`);
}
