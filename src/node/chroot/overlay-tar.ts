/** Changesets in the form that overlayfs keeps its layers in (Documentation/filesystems/overlayfs.rst), and back. */

import { directoryOf } from '../../fs/path-text.js';
import type { Change, PutDirectory } from '../../layer/change.js';
import { IMPLIED_DIRECTORY } from '../../tree/edit.js';
import { type Attributes, S_IFCHR, S_IFMT } from '../../tree/node.js';

/** Who sees overlayfs's own attributes: `trusted` for root, `user` in a user namespace. */
export type OverlayNamespace = 'trusted' | 'user';

const YES: Uint8Array = new TextEncoder().encode('y');
const WHITEOUT: Attributes = { mode: S_IFCHR, uid: 0, gid: 0, mtimeSec: 0, mtimeNsec: 0, xattrs: undefined };

/**
 * Whiteouts as devices, opaque directories by their attribute. A directory that is only on the way to a change is put
 * with the attributes that it has, since in an overlay it hides the one below.
 */
export function toOverlay(
  changes: readonly Change[],
  attributesAt: (path: string) => Attributes | undefined,
  namespace: OverlayNamespace,
): Change[] {
  const opaque = new Set(changes.flatMap(({ kind, path }) => (kind === 'opaque' ? [path] : [])));
  const directories = new Map<string, PutDirectory>();
  const others: Change[] = [];
  for (const change of changes) {
    if (change.kind === 'directory') directories.set(change.path, change);
    else if (change.kind === 'whiteout') {
      others.push({ kind: 'special', path: change.path, attributes: WHITEOUT, major: 0, minor: 0 });
    } else if (change.kind !== 'opaque') others.push(change);
  }
  for (const path of [...opaque, ...changes.map(({ path: below }) => directoryOf(below))]) {
    for (let at = path; !directories.has(at); at = directoryOf(at)) {
      directories.set(at, { kind: 'directory', path: at, attributes: attributesAt(at) ?? IMPLIED_DIRECTORY });
    }
  }
  const put = [...directories.values()].map((each) => (opaque.has(each.path) ? asOpaque(each, namespace) : each));
  return [...put, ...others];
}

function asOpaque(directory: PutDirectory, namespace: OverlayNamespace): PutDirectory {
  const xattrs = new Map(directory.attributes.xattrs);
  xattrs.set(`${namespace}.overlay.opaque`, YES);
  return { ...directory, attributes: { ...directory.attributes, xattrs } };
}

/** What the entries of an upper directory say; attributes of overlayfs itself are gone. */
export function fromOverlay(changes: readonly Change[]): Change[] {
  return changes.flatMap((change): Change[] => {
    if (change.kind === 'special' && (change.attributes.mode & S_IFMT) === S_IFCHR && isZero(change)) {
      return [{ kind: 'whiteout', path: change.path }];
    }
    if (!('attributes' in change)) return [change];
    const { xattrs, isOpaque } = plainXattrs(change.attributes);
    const plain = { ...change, attributes: { ...change.attributes, xattrs } } as Change;
    return isOpaque ? [{ kind: 'opaque', path: change.path }, plain] : [plain];
  });
}

function isZero({ major, minor }: { readonly major: number; readonly minor: number }): boolean {
  return major === 0 && minor === 0;
}

function plainXattrs({ xattrs }: Attributes): { xattrs: Attributes['xattrs']; isOpaque: boolean } {
  if (xattrs === undefined) return { xattrs, isOpaque: false };
  const kept = new Map([...xattrs].filter(([name]) => !/^(?:trusted|user)\.overlay\./.test(name)));
  const isOpaque = [...xattrs].some(([name, value]) => /\.overlay\.opaque$/.test(name) && value[0] === YES[0]);
  return { xattrs: kept.size === 0 ? undefined : kept, isOpaque };
}
