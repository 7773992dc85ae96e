/** Owners by name, as the tree's own /etc/passwd and /etc/group have them. */

import type { Tree } from '../tree/node.js';
import { View } from '../union/view.js';
import { accountRows, GROUP, idOf, namedId, PASSWD } from './accounts.js';

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** True when what `--chown` or USER says needs the files of the image to be understood. */
export function namesOwner(text: string): boolean {
  return /[^\d:]/.test(text);
}

/**
 * The owner that `--chown`, or USER for WORKDIR, names: `user`, `user:group`, `:group`, each by name or number. Without
 * a group it is that of the user, or the user's number. A name that nobody has is root, as BuildKit has it.
 */
export function ownerOf(tree: Tree, text: string): Owner {
  const { kernel } = View.over(tree);
  const [user = '', group = ''] = text.split(':', 2);
  const id = idOf(user);
  const row = id === undefined ? accountRows(kernel, PASSWD).find(([name]) => name === user) : undefined;
  const gid = group === '' ? (id ?? idOf(row?.[3])) : (idOf(group) ?? namedId(kernel, GROUP, group));
  return { uid: id ?? idOf(row?.[2]) ?? 0, gid: gid ?? 0 };
}
