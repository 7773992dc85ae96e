/** Who a command runs as: USER by the container's own /etc/passwd and /etc/group (passwd(5), group(5)). */

import { StratumError } from '../base/error.js';
import type { Kernel } from '../union/kernel.js';
import { accountRows, GROUP, idOf, namedId, PASSWD } from './accounts.js';

export interface ContainerUser {
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups. */
  readonly groups: readonly number[];
  readonly home: string;
  /** Empty for a number that has no name. */
  readonly name: string;
}

/**
 * `name`, `uid`, either with `:group`; empty is root. A number needs no entry; a group that is given leaves the user's
 * others out. Fails with RUNTIME_FAILED for a name that nobody has.
 */
export function resolveUser(kernel: Kernel, text: string): ContainerUser {
  const [user = '', group] = text.split(':', 2);
  const wanted = user === '' ? '0' : user;
  const users = accountRows(kernel, PASSWD);
  const byName = users.find(([name]) => name === wanted);
  const id = idOf(wanted);
  const entry = byName ?? (id === undefined ? undefined : users.find(([, , uid]) => idOf(uid) === id));
  const uid = idOf(entry?.[2]) ?? id;
  if (uid === undefined) throw failed(`unable to find user ${user}: no matching entries in passwd file`);
  const name = entry?.[0] ?? '';
  const found = { uid, home: entry?.[5] || '/', name };
  if (group !== undefined && group !== '') return { ...found, gid: groupOf(kernel, group), groups: [] };
  const groups = accountRows(kernel, GROUP)
    .filter(([, , , members = '']) => name !== '' && members.split(',').includes(name))
    .flatMap(([, , gid]) => idOf(gid) ?? []);
  return { ...found, gid: idOf(entry?.[3]) ?? 0, groups };
}

function groupOf(kernel: Kernel, group: string): number {
  const gid = namedId(kernel, GROUP, group) ?? idOf(group);
  if (gid !== undefined) return gid;
  throw failed(`unable to find group ${group}: no matching entries in group file`);
}

function failed(what: string): StratumError {
  return new StratumError('RUNTIME_FAILED', what);
}
