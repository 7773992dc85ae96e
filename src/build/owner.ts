/** Owners by name, as the tree's own /etc/passwd and /etc/group have them (passwd(5), group(5)). */

import { utf8Text } from '../base/bytes.js';
import { StratumError } from '../base/error.js';
import { FileNode, type Tree } from '../tree/node.js';
import { nodeAt, rootPath } from '../tree/root-path.js';

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

const HIGHEST_ID = 2 ** 32 - 2;

/**
 * The owner that `--chown`, or USER for WORKDIR, names: `user`, `user:group`, `:group`, each by name or number. Without
 * a group it is that of the user, or the user's number. Fails with DOCKERFILE_INVALID for a name that nobody has.
 */
export function ownerOf(tree: Tree, text: string): Owner {
  const [user = '', group] = text.split(':', 2);
  const { uid, gid } = userOf(tree, user);
  return { uid, gid: group === undefined || group === '' ? gid : groupOf(tree, group) };
}

function userOf(tree: Tree, user: string): Owner {
  if (user === '') return { uid: 0, gid: 0 };
  const id = numberOf(user);
  if (id !== undefined) return { uid: id, gid: id };
  const line = lines(tree, '/etc/passwd').find(([name]) => name === user);
  const [uid, gid] = [numberOf(line?.[2] ?? ''), numberOf(line?.[3] ?? '')];
  if (uid === undefined || gid === undefined) {
    throw new StratumError('DOCKERFILE_INVALID', `unable to find user ${user}: no matching entries in passwd file`);
  }
  return { uid, gid };
}

function groupOf(tree: Tree, group: string): number {
  const id = numberOf(group) ?? numberOf(lines(tree, '/etc/group').find(([name]) => name === group)?.[2] ?? '');
  if (id !== undefined) return id;
  throw new StratumError('DOCKERFILE_INVALID', `unable to find group ${group}: no matching entries in group file`);
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
