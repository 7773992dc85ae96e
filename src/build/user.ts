/** Who a command runs as: USER by the container's own /etc/passwd and /etc/group (passwd(5), group(5)). */

import { utf8Text } from '../base/bytes.js';
import { StratumError } from '../base/error.js';
import type { Kernel } from '../union/kernel.js';

export interface ContainerUser {
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups. */
  readonly groups: readonly number[];
  readonly home: string;
  /** Empty for a number that has no name. */
  readonly name: string;
}

const HIGHEST_ID = 2 ** 31 - 1;

/**
 * `name`, `uid`, either with `:group`; empty is root. A number needs no entry; a group that is given leaves the user's
 * others out. Fails with RUNTIME_FAILED for a name that nobody has.
 */
export function resolveUser(kernel: Kernel, text: string): ContainerUser {
  const [user = '', group] = text.split(':', 2);
  const wanted = user === '' ? '0' : user;
  const users = entries(kernel, '/etc/passwd');
  const byName = users.find(([name]) => name === wanted);
  const id = numberOf(wanted);
  const entry = byName ?? (id === undefined ? undefined : users.find(([, , uid]) => numberOf(uid) === id));
  const uid = numberOf(entry?.[2]) ?? id;
  if (uid === undefined) throw failed(`unable to find user ${user}: no matching entries in passwd file`);
  const name = entry?.[0] ?? '';
  const found = { uid, home: entry?.[5] || '/', name };
  if (group !== undefined && group !== '') return { ...found, gid: groupOf(kernel, group), groups: [] };
  const groups = entries(kernel, '/etc/group')
    .filter(([, , , members = '']) => name !== '' && members.split(',').includes(name))
    .flatMap(([, , gid]) => numberOf(gid) ?? []);
  return { ...found, gid: numberOf(entry?.[3]) ?? 0, groups };
}

function groupOf(kernel: Kernel, group: string): number {
  const entry = entries(kernel, '/etc/group').find(([name]) => name === group);
  const gid = numberOf(entry?.[2]) ?? numberOf(group);
  if (gid !== undefined) return gid;
  throw failed(`unable to find group ${group}: no matching entries in group file`);
}

function numberOf(text: string | undefined): number | undefined {
  const number = text !== undefined && /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return number <= HIGHEST_ID ? number : undefined;
}

function entries(kernel: Kernel, path: string): string[][] {
  if (kernel.find(path, true) === undefined) return [];
  const text = utf8Text(kernel.readFile(path)) ?? '';
  return text.split('\n').map((line) => line.split(':'));
}

function failed(what: string): StratumError {
  return new StratumError('RUNTIME_FAILED', what);
}
