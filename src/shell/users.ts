/** `id`, and the commands that add users and groups. */

import { utf8, utf8Text } from '../base/bytes.js';
import { accountRows, GROUP, nameOfId, PASSWD } from '../build/accounts.js';
import { makePath } from '../build/make-path.js';
import type { ContainerUser } from '../build/user.js';
import type { Kernel } from '../union/kernel.js';
import { type CommandContext, CommandError, parse, WRITE } from './command.js';
import { resolved } from './owners.js';

export function identity(kernel: Kernel, args: readonly string[], self: ContainerUser): string {
  const { flags, operands } = parse(args, []);
  const user = operands[0] === undefined ? self : resolved(kernel, operands[0]);
  const groupName = (gid: number) => nameOfId(kernel, GROUP, gid);
  const isName = flags.has('n');
  const groups = [user.gid, ...user.groups.filter((gid) => gid !== user.gid)];
  if (flags.has('u')) return `${isName ? user.name || user.uid : user.uid}\n`;
  if (flags.has('g')) return `${isName ? (groupName(user.gid) ?? user.gid) : user.gid}\n`;
  if (flags.has('G')) return `${groups.map((gid) => (isName ? (groupName(gid) ?? gid) : gid)).join(' ')}\n`;
  const named = (id: number, name: string | undefined): string => (name ? `${id}(${name})` : String(id));
  const list = groups.map((gid) => named(gid, groupName(gid))).join(',');
  const own = `uid=${named(user.uid, user.name)} gid=${named(user.gid, groupName(user.gid))}`;
  return `${own} groups=${list}\n`;
}

function append(kernel: Kernel, path: string, row: string, mode: number): void {
  const before = kernel.find(path, true) === undefined ? '' : (utf8Text(kernel.readFile(path)) ?? '');
  const gap = before === '' || before.endsWith('\n') ? '' : '\n';
  kernel.writeFile(path, WRITE, mode, utf8(`${before}${gap}${row}\n`));
}

const FIRST_ID = 1000;
const FIRST_SYSTEM_ID = 100;

function freeId(used: readonly string[][], isSystem: boolean): number {
  const taken = new Set(used.map(([, , id]) => Number(id)));
  let id = isSystem ? FIRST_SYSTEM_ID : FIRST_ID;
  while (taken.has(id)) id++;
  return id;
}

/** busybox's adduser and shadow's useradd, as far as their options mean the same. */
export function addUser(args: readonly string[], { kernel }: CommandContext): string {
  const { flags, values, operands } = parse(args, [
    'u',
    'uid',
    'g',
    'gid',
    'G',
    'groups',
    'h',
    'home',
    'd',
    'home-dir',
    's',
    'shell',
    'c',
    'gecos',
    'ingroup',
    'k',
  ]);
  const [name, joined] = operands;
  if (name === undefined) throw new CommandError('missing user name');
  const users = accountRows(kernel, PASSWD);
  if (joined !== undefined) return joinGroup(kernel, name, joined);
  if (users.some(([each]) => each === name)) throw new CommandError(`user '${name}' in use`);
  const isSystem = flags.has('S') || flags.has('r') || flags.has('system');
  const uid = Number(values.get('u') ?? values.get('uid') ?? freeId(users, isSystem));
  const main = values.get('ingroup') ?? values.get('G') ?? values.get('g') ?? values.get('gid');
  const gid = main === undefined ? ownGroup(kernel, name, uid) : resolved(kernel, `:${main.split(',')[0]}`).gid;
  const home = values.get('h') ?? values.get('home') ?? values.get('d') ?? values.get('home-dir') ?? `/home/${name}`;
  const shell = values.get('s') ?? values.get('shell') ?? '/bin/sh';
  append(kernel, PASSWD, `${name}:x:${uid}:${gid}:${values.get('g') ?? ''}:${home}:${shell}`, 0o644);
  if (kernel.find('/etc/shadow', true) !== undefined) append(kernel, '/etc/shadow', `${name}:!:0:0:99999:7:::`, 0o640);
  if (!flags.has('H') && !flags.has('no-create-home') && !flags.has('M')) makeHome(kernel, home, { uid, gid });
  return '';
}

function makeHome(kernel: Kernel, home: string, { uid, gid }: { readonly uid: number; readonly gid: number }): void {
  if (kernel.find(home, true) !== undefined) return;
  makePath(kernel, home, 0o777);
  kernel.chown(home, uid, gid);
  kernel.chmod(home, 0o2755);
}

function ownGroup(kernel: Kernel, name: string, wanted: number): number {
  const groups = accountRows(kernel, GROUP);
  const known = groups.find(([each]) => each === name);
  if (known !== undefined) return Number(known[2]);
  const gid = groups.some(([, , id]) => Number(id) === wanted) ? freeId(groups, false) : wanted;
  append(kernel, GROUP, `${name}:x:${gid}:`, 0o644);
  return gid;
}

export function addGroup(args: readonly string[], { kernel }: CommandContext): string {
  const { flags, values, operands } = parse(args, ['g', 'gid']);
  const [name, group] = operands;
  if (name === undefined) throw new CommandError('missing group name');
  if (group !== undefined) return joinGroup(kernel, name, group);
  const groups = accountRows(kernel, GROUP);
  if (groups.some(([each]) => each === name)) throw new CommandError(`group '${name}' in use`);
  const gid = values.get('g') ?? values.get('gid') ?? freeId(groups, flags.has('S') || flags.has('r'));
  append(kernel, GROUP, `${name}:x:${gid}:`, 0o644);
  return '';
}

function joinGroup(kernel: Kernel, user: string, group: string): string {
  const groups = accountRows(kernel, GROUP);
  const known = groups.find(([name]) => name === group);
  if (known === undefined) throw new CommandError(`unknown group ${group}`);
  const members = (known[3] ?? '').split(',').filter((each) => each !== '');
  known[3] = [...new Set([...members, user])].join(',');
  kernel.writeFile(GROUP, WRITE, 0o644, utf8(`${groups.map((row) => row.join(':')).join('\n')}\n`));
  return '';
}
