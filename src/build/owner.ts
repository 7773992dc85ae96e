/** Owners by name, as the tree's own /etc/passwd and /etc/group have them (passwd(5), group(5)). */

import { utf8Text } from '../base/bytes.js';
import { FileNode, type Tree } from '../tree/node.js';
import { nodeAt, rootPath } from '../tree/root-path.js';

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

const HIGHEST_ID = 2 ** 32 - 2;

/**
 * The owner that `--chown`, or USER for WORKDIR, names: `user`, `user:group`, `:group`, each by name or number. Without
 * a group it is that of the user, or the user's number. A name that nobody has is root, as BuildKit has it.
 */
export function ownerOf(tree: Tree, text: string): Owner {
  const [user = '', group = ''] = text.split(':', 2);
  const { uid, gid } = userOf(tree, user);
  return { uid, gid: group === '' ? gid : groupOf(tree, group) };
}

function userOf(tree: Tree, user: string): Owner {
  const id = numberOf(user);
  if (id !== undefined) return { uid: id, gid: id };
  const line = user === '' ? undefined : lines(tree, '/etc/passwd').find(([name]) => name === user);
  return { uid: numberOf(line?.[2] ?? '') ?? 0, gid: numberOf(line?.[3] ?? '') ?? 0 };
}

function groupOf(tree: Tree, group: string): number {
  return numberOf(group) ?? numberOf(lines(tree, '/etc/group').find(([name]) => name === group)?.[2] ?? '') ?? 0;
}

function numberOf(text: string): number | undefined {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return number <= HIGHEST_ID ? number : undefined;
}

function lines(tree: Tree, path: string): string[][] {
  const node = nodeAt(tree.root, rootPath(tree.root, path, { followLast: true }));
  if (!(node instanceof FileNode)) return [];
  const text = utf8Text(node.bytes.read(node.offset, node.size)) ?? '';
  return text.split('\n').map((line) => line.split(':'));
}
