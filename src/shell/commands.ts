/** Commands of images that just-bash lacks: owners, users, and options that Dockerfiles use. */

import { utf8, utf8Text } from '../base/bytes.js';
import { parseMode } from '../build/mode.js';
import { type ContainerUser, resolveUser } from '../build/user.js';
import { canonicalPath } from '../build/workdir.js';
import { isDirectory, isSymlink } from '../tree/node.js';
import { FsError } from '../union/errno.js';
import type { InodeStat, Kernel } from '../union/kernel.js';
import { firstDifference, formatStat, LONG_FORMAT } from './stat.js';

export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

export interface CommandContext {
  readonly cwd: string;
  readonly env: ReadonlyMap<string, string> | Readonly<Record<string, string>>;
  /** The files, with the rights of who runs the command. */
  readonly kernel: Kernel;
}

export type ShellCommand = (args: string[], context: CommandContext) => Promise<CommandResult>;

type Run = (args: readonly string[], context: CommandContext) => string;

const PERMISSIONS = 0o7777;
/** O_WRONLY | O_CREAT | O_TRUNC. */
const WRITE = 0o1101;
/** O_WRONLY | O_CREAT | O_EXCL. */
const WRITE_NEW = 0o301;

/** An error of a command: its message, and exit code 1. */
class CommandError extends Error {}

export function ownCommands(kernel: Kernel, user: ContainerUser): Record<string, ShellCommand> {
  const runs: Record<string, Run> = {
    chown: (args, context) => changeOwner(args, context, 'user'),
    chgrp: (args, context) => changeOwner(args, context, 'group'),
    id: (args) => identity(kernel, args, user),
    whoami: () => `${user.name || user.uid}\n`,
    mkdir: makeDirectories,
    mktemp: makeTemporary,
    install,
    cp: copy,
    uname: (args) => systemName(args),
    arch: () => 'x86_64\n',
    nproc: () => '1\n',
    sync: () => '',
    stat: statFiles,
    cmp: compareFiles,
    adduser: addUser,
    useradd: addUser,
    addgroup: addGroup,
    groupadd: addGroup,
  };
  return Object.fromEntries(Object.entries(runs).map(([name, run]) => [name, commandOf(name, run)]));
}

function commandOf(name: string, run: Run): ShellCommand {
  return async (args, context) => {
    try {
      return { stdout: run(args, context), stderr: '', exitCode: 0 };
    } catch (error) {
      if (error instanceof CommandError || error instanceof FsError) {
        return { stdout: '', stderr: error.message === '' ? '' : `${name}: ${error.message}\n`, exitCode: 1 };
      }
      throw error;
    }
  };
}

interface ParsedArguments {
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
  readonly operands: readonly string[];
}

/** `-abc`, `-m VALUE`, `-mVALUE`, `--name=value`, `--name value`. */
function parse(args: readonly string[], withValue: readonly string[]): ParsedArguments {
  const flags = new Set<string>();
  const values = new Map<string, string>();
  const operands: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const word = args[i] as string;
    if (word === '--') {
      operands.push(...args.slice(i + 1));
      break;
    }
    if (!word.startsWith('-') || word === '-') operands.push(word);
    else if (word.startsWith('--')) {
      const at = word.indexOf('=');
      const name = at < 0 ? word.slice(2) : word.slice(2, at);
      if (at >= 0) values.set(name, word.slice(at + 1));
      else if (withValue.includes(name)) values.set(name, args[++i] ?? '');
      else flags.add(name);
    } else i = shortFlags(word, i, { args, withValue, flags, values });
  }
  return { flags, values, operands };
}

function shortFlags(
  word: string,
  index: number,
  into: { args: readonly string[]; withValue: readonly string[]; flags: Set<string>; values: Map<string, string> },
): number {
  for (let at = 1; at < word.length; at++) {
    const letter = word.charAt(at);
    if (!into.withValue.includes(letter)) {
      into.flags.add(letter);
      continue;
    }
    const rest = word.slice(at + 1);
    into.values.set(letter, rest === '' ? (into.args[index + 1] ?? '') : rest);
    return rest === '' ? index + 1 : index;
  }
  return index;
}

function changeOwner(args: readonly string[], { cwd, kernel }: CommandContext, kind: 'user' | 'group'): string {
  const { flags, operands } = parse(args, ['reference', 'from']);
  const [owner, ...paths] = operands;
  if (owner === undefined || paths.length === 0) throw new CommandError('missing operand');
  const wanted = kind === 'group' ? { uid: undefined, gid: resolved(kernel, `:${owner}`).gid } : ownerOf(kernel, owner);
  const isDeep = flags.has('R') || flags.has('recursive');
  const isLink = flags.has('h') || isDeep;
  for (const path of paths) {
    eachBelow(kernel, canonicalPath(cwd, path), isDeep, (at, node) => {
      const { uid = node.uid, gid = node.gid } = wanted;
      if (isLink) kernel.lchown(at, uid, gid);
      else kernel.chown(at, uid, gid);
    });
  }
  return '';
}

/** `user`, `user:` and `user.group` as chown(1) has them. */
function ownerOf(kernel: Kernel, owner: string): { uid: number | undefined; gid: number | undefined } {
  const [user = '', group] = owner.includes(':') ? owner.split(':', 2) : owner.split('.', 2);
  const uid = user === '' ? undefined : resolved(kernel, user).uid;
  if (group === undefined) return { uid, gid: undefined };
  return { uid, gid: group === '' ? resolved(kernel, user).gid : resolved(kernel, `:${group}`).gid };
}

function resolved(kernel: Kernel, text: string): ContainerUser {
  try {
    return resolveUser(kernel, text);
  } catch {
    throw new CommandError(text.startsWith(':') ? `unknown group ${text.slice(1)}` : `unknown user ${text}`);
  }
}

function eachBelow(
  kernel: Kernel,
  path: string,
  isDeep: boolean,
  visit: (path: string, node: InodeStat) => void,
): void {
  const node = kernel.lstat(path);
  visit(path, node);
  if (!isDeep || !isDirectory(node)) return;
  for (const name of kernel.readdir(path)) eachBelow(kernel, `${path === '/' ? '' : path}/${name}`, true, visit);
}

function identity(kernel: Kernel, args: readonly string[], self: ContainerUser): string {
  const { flags, operands } = parse(args, []);
  const user = operands[0] === undefined ? self : resolved(kernel, operands[0]);
  const groupNames = new Map(rows(kernel, '/etc/group').map(([name = '', , gid]) => [Number(gid), name]));
  const isName = flags.has('n');
  const groups = [user.gid, ...user.groups.filter((gid) => gid !== user.gid)];
  if (flags.has('u')) return `${isName ? user.name || user.uid : user.uid}\n`;
  if (flags.has('g')) return `${isName ? (groupNames.get(user.gid) ?? user.gid) : user.gid}\n`;
  if (flags.has('G')) return `${groups.map((gid) => (isName ? (groupNames.get(gid) ?? gid) : gid)).join(' ')}\n`;
  const named = (id: number, name: string | undefined): string => (name ? `${id}(${name})` : String(id));
  const list = groups.map((gid) => named(gid, groupNames.get(gid))).join(',');
  const own = `uid=${named(user.uid, user.name)} gid=${named(user.gid, groupNames.get(user.gid))}`;
  return `${own} groups=${list}\n`;
}

function makeDirectories(args: readonly string[], { cwd, kernel }: CommandContext): string {
  const { flags, values, operands } = parse(args, ['m', 'mode']);
  if (operands.length === 0) throw new CommandError('missing operand');
  const mode = values.get('m') ?? values.get('mode');
  const isVerbose = flags.has('v');
  for (const operand of operands) {
    const path = canonicalPath(cwd, operand);
    if (flags.has('p') || flags.has('parents')) {
      const wasThere = kernel.find(path, true) !== undefined;
      makeParents(kernel, path);
      if (wasThere) continue;
    } else kernel.mkdir(path, 0o777);
    if (mode !== undefined) kernel.chmod(path, modeOf(kernel, path, mode));
  }
  return isVerbose ? operands.map((operand) => `created directory: '${operand}'\n`).join('') : '';
}

function makeParents(kernel: Kernel, path: string): void {
  let at = '';
  for (const name of path.split('/').filter((each) => each !== '')) {
    at += `/${name}`;
    const there = kernel.find(at, true);
    if (there === undefined) kernel.mkdir(at, 0o777);
    else if (!isDirectory(there)) throw new FsError('ENOTDIR', 'mkdir', at);
  }
}

function modeOf(kernel: Kernel, path: string, text: string): number {
  const change = parseMode(text);
  if (change === undefined) throw new CommandError(`invalid mode '${text}'`);
  return change.apply(kernel.stat(path).mode) & PERMISSIONS;
}

function makeTemporary(args: readonly string[], { cwd, kernel }: CommandContext): string {
  const { flags, values, operands } = parse(args, ['p', 'tmpdir']);
  const directory =
    values.get('p') ?? values.get('tmpdir') ?? (operands[0] === undefined || flags.has('t') ? '/tmp' : cwd);
  const template = operands[0] ?? 'tmp.XXXXXXXXXX';
  const name = template.replace(/X{3,}/, (letters) => randomName(letters.length));
  const path = canonicalPath(directory, name);
  if (flags.has('d')) kernel.mkdir(path, 0o700);
  else kernel.writeFile(path, WRITE_NEW, 0o600, new Uint8Array(0));
  return `${path}\n`;
}

function randomName(length: number): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(length));
  return [...bytes].map((byte) => letters.charAt(byte % letters.length)).join('');
}

function install(args: readonly string[], context: CommandContext): string {
  const { kernel, cwd } = context;
  const { flags, values, operands } = parse(args, ['m', 'mode', 'o', 'owner', 'g', 'group', 't']);
  const owner = values.get('o') ?? values.get('owner');
  const group = values.get('g') ?? values.get('group');
  const mode = values.get('m') ?? values.get('mode') ?? '755';
  const finish = (path: string): void => {
    kernel.chmod(path, modeOf(kernel, path, mode));
    const { uid, gid } = kernel.stat(path);
    const wantedUid = owner === undefined ? uid : resolved(kernel, owner).uid;
    const wantedGid = group === undefined ? gid : resolved(kernel, `:${group}`).gid;
    if (wantedUid !== uid || wantedGid !== gid) kernel.chown(path, wantedUid, wantedGid);
  };
  if (flags.has('d')) {
    for (const operand of operands) {
      makeParents(kernel, canonicalPath(cwd, operand));
      finish(canonicalPath(cwd, operand));
    }
    return '';
  }
  const target = values.get('t') ?? operands.at(-1);
  const sources = values.has('t') ? operands : operands.slice(0, -1);
  if (target === undefined || sources.length === 0) throw new CommandError('missing file operand');
  const to = canonicalPath(cwd, target);
  if (flags.has('D')) makeParents(kernel, values.has('t') ? to : to.slice(0, to.lastIndexOf('/')) || '/');
  for (const source of sources) {
    const from = canonicalPath(cwd, source);
    const there = kernel.find(to, true);
    const path = there !== undefined && isDirectory(there) ? `${to}/${baseName(from)}` : to;
    kernel.writeFile(path, WRITE, 0o755, kernel.readFile(from));
    finish(path);
  }
  return '';
}

interface CopyRules {
  readonly isDeep: boolean;
  /** Owner, mode and times too. */
  readonly isPreserving: boolean;
  readonly keepsLinks: boolean;
}

function copy(args: readonly string[], { cwd, kernel }: CommandContext): string {
  const { flags, values, operands } = parse(args, ['t']);
  const has = (...names: string[]): boolean => names.some((name) => flags.has(name));
  const isArchive = has('a', 'archive');
  const rules = {
    isDeep: isArchive || has('r', 'R', 'recursive'),
    isPreserving: isArchive || has('p', 'preserve') || values.has('preserve'),
    keepsLinks: !has('L', 'dereference', 'H') && (isArchive || has('d', 'P', 'no-dereference', 'r', 'R', 'recursive')),
  };
  const target = values.get('t') ?? operands.at(-1);
  const sources = values.has('t') ? operands : operands.slice(0, -1);
  if (target === undefined || sources.length === 0) throw new CommandError('missing file operand');
  const to = canonicalPath(cwd, target);
  const there = kernel.find(to, true);
  const isInto = there !== undefined && isDirectory(there) && !has('T');
  if (sources.length > 1 && !isInto) throw new CommandError(`target '${target}' is not a directory`);
  for (const source of sources) {
    const from = canonicalPath(cwd, source);
    const name = /\/\.\.?$|^\.\.?$/.test(source) ? '' : `/${baseName(from)}`;
    copyOne(kernel, from, isInto ? `${to === '/' ? '' : to}${name}` || '/' : to, rules);
  }
  return '';
}

function copyOne(kernel: Kernel, from: string, to: string, rules: CopyRules): void {
  const node = rules.keepsLinks ? kernel.lstat(from) : kernel.stat(from);
  if (isDirectory(node)) {
    if (!rules.isDeep) throw new CommandError(`-r not specified; omitting directory '${from}'`);
    if (kernel.find(to, true) === undefined) kernel.mkdir(to, node.mode & PERMISSIONS);
    for (const name of kernel.readdir(from))
      copyOne(kernel, `${from === '/' ? '' : from}/${name}`, `${to}/${name}`, rules);
  } else if (isSymlink(node)) {
    const there = kernel.find(to, false);
    if (there !== undefined) kernel.unlink(to);
    kernel.symlink(kernel.readlink(from), to);
  } else kernel.writeFile(to, WRITE, node.mode & PERMISSIONS, kernel.readFile(from).slice());
  if (rules.isPreserving) preserve(kernel, to, node);
}

function preserve(kernel: Kernel, path: string, node: InodeStat): void {
  const time = { sec: node.mtimeSec, nsec: node.mtimeNsec };
  try {
    kernel.lchown(path, node.uid, node.gid);
  } catch (error) {
    // As cp does for somebody who may not give files away.
    if (!(error instanceof FsError && error.code === 'EPERM')) throw error;
  }
  if (!isSymlink(node)) kernel.chmod(path, node.mode & PERMISSIONS);
  kernel.lutimes(path, time, time);
}

function statFiles(args: readonly string[], { cwd, kernel }: CommandContext): string {
  const { flags, values, operands } = parse(args, ['c', 'format', 'printf']);
  if (operands.length === 0) throw new CommandError('missing operand');
  const format = values.get('c') ?? values.get('format');
  const lines = operands.map((operand) => {
    const path = canonicalPath(cwd, operand);
    const node = kernel.find(path, flags.has('L'));
    if (node === undefined) throw new CommandError(`cannot stat '${operand}': No such file or directory`);
    return formatStat(kernel, format ?? values.get('printf') ?? LONG_FORMAT, { shown: operand, path, node });
  });
  return values.has('printf') ? lines.join('') : lines.map((line) => `${line}\n`).join('');
}

function compareFiles(args: readonly string[], { cwd, kernel }: CommandContext): string {
  const { flags, operands } = parse(args, ['n']);
  const [a = '', b = ''] = operands;
  const at = firstDifference(kernel, canonicalPath(cwd, a), canonicalPath(cwd, b));
  if (at === undefined) return '';
  throw new CommandError(flags.has('s') ? '' : `${a} ${b} differ: byte ${at}`);
}

function systemName(args: readonly string[]): string {
  const { flags } = parse(args, []);
  const parts = { s: 'Linux', n: 'container', r: '6.0.0', v: '#1 stratum', m: 'x86_64', o: 'GNU/Linux' };
  const wanted = flags.has('a') ? Object.keys(parts) : Object.keys(parts).filter((letter) => flags.has(letter));
  const chosen = wanted.length === 0 ? ['s'] : wanted;
  return `${chosen.map((letter) => parts[letter as keyof typeof parts]).join(' ')}\n`;
}

function rows(kernel: Kernel, path: string): string[][] {
  if (kernel.find(path, true) === undefined) return [];
  const text = utf8Text(kernel.readFile(path)) ?? '';
  return text.split('\n').flatMap((line) => (line === '' ? [] : [line.split(':')]));
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
function addUser(args: readonly string[], { kernel }: CommandContext): string {
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
  const users = rows(kernel, '/etc/passwd');
  if (joined !== undefined) return joinGroup(kernel, name, joined);
  if (users.some(([each]) => each === name)) throw new CommandError(`user '${name}' in use`);
  const isSystem = flags.has('S') || flags.has('r') || flags.has('system');
  const uid = Number(values.get('u') ?? values.get('uid') ?? freeId(users, isSystem));
  const main = values.get('ingroup') ?? values.get('G') ?? values.get('g') ?? values.get('gid');
  const gid = main === undefined ? ownGroup(kernel, name, uid) : resolved(kernel, `:${main.split(',')[0]}`).gid;
  const home = values.get('h') ?? values.get('home') ?? values.get('d') ?? values.get('home-dir') ?? `/home/${name}`;
  const shell = values.get('s') ?? values.get('shell') ?? '/bin/sh';
  append(kernel, '/etc/passwd', `${name}:x:${uid}:${gid}:${values.get('g') ?? ''}:${home}:${shell}`, 0o644);
  if (kernel.find('/etc/shadow', true) !== undefined) append(kernel, '/etc/shadow', `${name}:!:0:0:99999:7:::`, 0o640);
  if (!flags.has('H') && !flags.has('no-create-home') && !flags.has('M')) makeHome(kernel, home, { uid, gid });
  return '';
}

function makeHome(kernel: Kernel, home: string, { uid, gid }: { readonly uid: number; readonly gid: number }): void {
  if (kernel.find(home, true) !== undefined) return;
  makeParents(kernel, home);
  kernel.chown(home, uid, gid);
  kernel.chmod(home, 0o2755);
}

function ownGroup(kernel: Kernel, name: string, wanted: number): number {
  const groups = rows(kernel, '/etc/group');
  const known = groups.find(([each]) => each === name);
  if (known !== undefined) return Number(known[2]);
  const gid = groups.some(([, , id]) => Number(id) === wanted) ? freeId(groups, false) : wanted;
  append(kernel, '/etc/group', `${name}:x:${gid}:`, 0o644);
  return gid;
}

function addGroup(args: readonly string[], { kernel }: CommandContext): string {
  const { flags, values, operands } = parse(args, ['g', 'gid']);
  const [name, group] = operands;
  if (name === undefined) throw new CommandError('missing group name');
  if (group !== undefined) return joinGroup(kernel, name, group);
  const groups = rows(kernel, '/etc/group');
  if (groups.some(([each]) => each === name)) throw new CommandError(`group '${name}' in use`);
  const gid = values.get('g') ?? values.get('gid') ?? freeId(groups, flags.has('S') || flags.has('r'));
  append(kernel, '/etc/group', `${name}:x:${gid}:`, 0o644);
  return '';
}

function joinGroup(kernel: Kernel, user: string, group: string): string {
  const groups = rows(kernel, '/etc/group');
  const known = groups.find(([name]) => name === group);
  if (known === undefined) throw new CommandError(`unknown group ${group}`);
  const members = (known[3] ?? '').split(',').filter((each) => each !== '');
  known[3] = [...new Set([...members, user])].join(',');
  kernel.writeFile('/etc/group', WRITE, 0o644, utf8(`${groups.map((row) => row.join(':')).join('\n')}\n`));
  return '';
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
