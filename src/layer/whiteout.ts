/** How tar spells deletions: the one file that knows the prefix (OCI image-spec, layer.md, "Whiteouts"). */

import { StratumError } from '../base/error.js';
import type { Opaque, Whiteout } from './change.js';

const PREFIX = '.wh.';
/** What aufs keeps for itself; only the opaque marker means anything to others. */
const META_PREFIX = '.wh..wh.';
const OPAQUE = '.wh..wh..opq';

/** True when a path might be a whiteout or lie below one; quick to rule out. */
export function mentionsWhiteout(path: string): boolean {
  return path.includes('/.wh.');
}

/**
 * What a path that {@link mentionsWhiteout} stands for: a deletion, `metadata` to drop, or `undefined` for an ordinary
 * name. Fails with LAYER_INVALID for a whiteout of nothing, of `.` or `..`, and for names below a whiteout.
 */
export function parseWhiteout(path: string): Whiteout | Opaque | 'metadata' | undefined {
  const components = path.split('/').slice(1);
  const name = components.pop() as string;
  const parent = `/${components.join('/')}`;
  if (name === OPAQUE && !components.some(isReserved)) return { kind: 'opaque', path: parent };
  if ([...components, name].some((component) => component.startsWith(META_PREFIX))) return 'metadata';
  if (components.some(isReserved)) throw new StratumError('LAYER_INVALID', 'entry below a whiteout', { entry: path });
  if (!isReserved(name)) return undefined;
  const hidden = name.slice(PREFIX.length);
  if (hidden === '' || hidden === '.' || hidden === '..') {
    throw new StratumError('LAYER_INVALID', 'whiteout without a name', { entry: path });
  }
  return { kind: 'whiteout', path: join(parent, hidden) };
}

/** The path of the tar entry that spells a deletion. */
export function whiteoutPath(change: Whiteout | Opaque): string {
  if (change.kind === 'opaque') return join(change.path, OPAQUE);
  const slash = change.path.lastIndexOf('/');
  return join(change.path.slice(0, slash) || '/', PREFIX + change.path.slice(slash + 1));
}

/** True for names that no file in a layer can have. */
export function isReserved(name: string): boolean {
  return name.startsWith(PREFIX);
}

function join(parent: string, name: string): string {
  return parent === '/' ? `/${name}` : `${parent}/${name}`;
}
