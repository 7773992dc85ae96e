/** Whiteouts that hide nothing: overlayfs lists them where their directory is not merged, so they are not written. */

import type { Entry, Stack } from './stack.js';

/** The same layers without whiteouts of what no layer below has. */
export function withoutIdleWhiteouts(stack: Stack): Stack {
  const present = new Map<string, Entry['kind']>();
  return stack.map((entries) => {
    for (const { kind, path } of entries) if (kind === 'opaque') removeBelow(present, path);
    const kept = entries.filter(({ kind, path }) => kind !== 'whiteout' || present.has(path));
    for (const { kind, path } of kept) if (kind === 'whiteout') remove(present, path);
    for (const { kind, path } of kept) {
      if (kind === 'whiteout' || kind === 'opaque') continue;
      if (kind !== 'directory' || present.get(path) !== 'directory') remove(present, path);
      present.set(path, kind);
    }
    return kept;
  });
}

function remove(present: Map<string, unknown>, path: string): void {
  present.delete(path);
  removeBelow(present, path);
}

function removeBelow(present: Map<string, unknown>, path: string): void {
  for (const other of [...present.keys()]) if (other.startsWith(`${path}/`)) present.delete(other);
}
