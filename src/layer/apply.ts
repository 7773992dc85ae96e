/** Tree × changeset → tree (OCI image-spec, layer.md, "Applying Changesets"). */

import { TreeEditor, type TreeEditorOptions } from '../tree/edit.js';
import { isDirectory, type LayerOrigin, type Tree } from '../tree/node.js';
import type { Change, Opaque, Whiteout } from './change.js';

/**
 * Applies a changeset to a tree, which stays as it is; directories that nothing touches are shared with the result.
 *
 * Deletions concern lower layers only, wherever they stand among the entries, so they come first. A directory over a
 * directory keeps its children and takes the attributes; anything else replaces what was there. Parents that are
 * missing are made (mode 0755, root's, time 0). Entries go through symlinks of lower layers inside the root; with
 * `isolate` they replace them. Fails with LAYER_INVALID, naming the entry, for a hard link to what is not there.
 */
export function applyChanges(
  base: Tree | undefined,
  changes: readonly Change[],
  origin: LayerOrigin,
  options: TreeEditorOptions = {},
): Tree {
  const editor = new TreeEditor(base, origin, options);
  if (base !== undefined) hideLower(editor, changes);
  for (const change of changes) put(editor, change);
  return editor.finish();
}

function hideLower(editor: TreeEditor, changes: readonly Change[]): void {
  let directories: Set<string> | undefined;
  for (const change of changes) {
    if (change.kind !== 'whiteout' && change.kind !== 'opaque') continue;
    directories ??= directoriesOf(changes);
    if (isBelowReplaced(editor, change, directories)) continue;
    if (change.kind === 'whiteout') editor.remove(change.path);
    else editor.clearDirectory(change.path);
  }
}

function directoriesOf(changes: readonly Change[]): Set<string> {
  return new Set(changes.filter((change) => change.kind === 'directory').map((change) => change.path));
}

/** Where the layer puts a directory in the place of something else, nothing of the lower layer is left to hide. */
function isBelowReplaced(editor: TreeEditor, change: Whiteout | Opaque, directories: ReadonlySet<string>): boolean {
  let end = change.kind === 'opaque' ? change.path.length : change.path.lastIndexOf('/');
  for (; end > 0; end = change.path.lastIndexOf('/', end - 1)) {
    const ancestor = change.path.slice(0, end);
    if (!directories.has(ancestor)) continue;
    const lower = editor.find(ancestor);
    if (lower !== undefined && !isDirectory(lower)) return true;
  }
  return false;
}

function put(editor: TreeEditor, change: Change): void {
  switch (change.kind) {
    case 'directory':
      editor.putDirectory(change.path, change.attributes);
      break;
    case 'file':
      editor.putFile(change.path, change.attributes, change.bytes, change.offset, change.size);
      break;
    case 'symlink':
      editor.putSymlink(change.path, change.attributes, change.target);
      break;
    case 'special':
      editor.putSpecial(change.path, change.attributes, change.major, change.minor);
      break;
    case 'link':
      editor.link(change.path, change.target);
      break;
    case 'whiteout':
    case 'opaque':
      break;
  }
}
