/** The key of a step: what its result depends on, part by part, so that a miss can say which part differs. */

import { canonicalJson } from '../base/json.js';
import { digestOf } from '../digest/hasher.js';
import { FileNode, SymlinkNode, type TreeNode } from '../tree/node.js';
import type { SourceTree } from './context.js';

export interface KeyPart {
  /** `parent`, `argv`, `env PATH`, `file src/a.txt`, … */
  readonly name: string;
  readonly value: string;
}

export function stepKey(parts: readonly KeyPart[]): string {
  return digestOf(canonicalJson(parts.map(({ name, value }) => [name, value])));
}

/** What of a file decides: everything but its times. The words of the value are `name=value`. */
export function fileValue(node: TreeNode, source: SourceTree, options: { readonly withMode: boolean }): string {
  const words = [
    ...(options.withMode ? [`mode=${node.mode.toString(8)}`] : [`type=${(node.mode >> 12).toString(8)}`]),
    `uid=${node.uid}`,
    `gid=${node.gid}`,
  ];
  if (node instanceof FileNode) words.push(`size=${node.size}`, `content=${source.digest(node)}`);
  else if (node instanceof SymlinkNode) words.push(`target=${JSON.stringify(node.target)}`);
  else if ('major' in node) words.push(`device=${node.major}:${node.minor}`);
  for (const [name, value] of node.xattrs ?? []) words.push(`xattr:${name}=${digestOf(value)}`);
  return words.join(' ');
}

/** Why a step was not cached. */
export interface Miss {
  /** The first part that differs from the nearest step that was kept. */
  readonly part: string;
  /** `changed`, `added`, `removed`; `new` when nothing like it was ever run, `forced` by --no-cache. */
  readonly kind: 'changed' | 'added' | 'removed' | 'new' | 'forced';
  /** Of a file: which of its attributes. */
  readonly attribute: string | undefined;
  readonly before: string | undefined;
  readonly now: string | undefined;
}

const NEW: Miss = { part: '', kind: 'new', attribute: undefined, before: undefined, now: undefined };
export const FORCED: Miss = { ...NEW, kind: 'forced' };

/** Compares a key with those of steps that were kept; the one with the fewest differences is the nearest. */
export function explainMiss(parts: readonly KeyPart[], kept: readonly { readonly parts: readonly KeyPart[] }[]): Miss {
  let nearest: Miss[] | undefined;
  for (const candidate of kept) {
    const found = differences(candidate.parts, parts);
    if (found.length > 0 && (nearest === undefined || found.length < nearest.length)) nearest = found;
  }
  return nearest?.[0] ?? NEW;
}

function differences(before: readonly KeyPart[], now: readonly KeyPart[]): Miss[] {
  const old = new Map(before.map(({ name, value }) => [name, value]));
  const misses: Miss[] = [];
  for (const { name, value } of now) {
    const was = old.get(name);
    old.delete(name);
    if (was === value) continue;
    const kind = was === undefined ? 'added' : 'changed';
    misses.push({
      part: name,
      kind,
      attribute: was === undefined ? undefined : attributeOf(was, value),
      before: was,
      now: value,
    });
  }
  for (const [name, value] of old) {
    misses.push({ part: name, kind: 'removed', attribute: undefined, before: value, now: undefined });
  }
  return misses;
}

/** The first word that differs, for values that are words. */
function attributeOf(before: string, now: string): string | undefined {
  if (!before.includes('=') || !now.includes('=')) return undefined;
  const old = before.split(' ');
  const differing = now.split(' ').find((word) => !old.includes(word));
  return differing?.slice(0, differing.indexOf('='));
}

/** A miss in one line, for people. */
export function missText(miss: Miss): string {
  if (miss.kind === 'new') return 'no step like this was built before';
  if (miss.kind === 'forced') return 'the cache was not asked (--no-cache)';
  if (miss.part === 'parent') return 'the layers below it are not the same';
  const attribute = miss.attribute === undefined ? '' : ` (${miss.attribute})`;
  return `${miss.part} ${miss.kind}${attribute}`;
}
