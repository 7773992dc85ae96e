/** `stat` and `cmp`, as coreutils and busybox have them. */

import { equalBytes } from '../base/bytes.js';
import { GROUP, nameOfId, PASSWD } from '../build/accounts.js';
import { canonicalPath } from '../build/workdir.js';
import { S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFREG, S_IFSOCK } from '../tree/node.js';
import type { InodeStat, Kernel } from '../union/kernel.js';
import { type CommandContext, CommandError, parse } from './command.js';

const TYPES: Readonly<Record<number, readonly [letter: string, name: string]>> = {
  [S_IFREG]: ['-', 'regular file'],
  [S_IFDIR]: ['d', 'directory'],
  [S_IFLNK]: ['l', 'symbolic link'],
  [S_IFCHR]: ['c', 'character special file'],
  [S_IFBLK]: ['b', 'block special file'],
  [S_IFIFO]: ['p', 'fifo'],
  [S_IFSOCK]: ['s', 'socket'],
};
const PERMISSIONS = 0o7777;
const BLOCK_BYTES = 512;

interface StatFile {
  /** As the command line has it. */
  readonly shown: string;
  /** Absolute. */
  readonly path: string;
  readonly node: InodeStat;
}

/** Fills a format of `-c`: `%a`, `%04a`, `%u %G`, … */
function formatStat(kernel: Kernel, format: string, file: StatFile): string {
  return format.replace(/%(0?)(\d*)([a-zA-Z%])/g, (_all, zero: string, width: string, letter: string) => {
    const text = field(kernel, letter, file);
    return text.padStart(Number(width), zero === '0' ? '0' : ' ');
  });
}

/** What `stat FILE` prints. */
const LONG_FORMAT =
  '  File: %N\n  Size: %s\tBlocks: %b\tIO Block: 4096\t%F\nInode: %i\tLinks: %h\nAccess: (%04a/%A)  Uid: (%u/%U)   Gid: (%g/%G)\nModify: %y';

function field(kernel: Kernel, letter: string, { shown, path, node }: StatFile): string {
  const [type = '?', name = 'unknown'] = TYPES[node.mode & S_IFMT] ?? [];
  const fields: Readonly<Record<string, () => string>> = {
    '%': () => '%',
    a: () => (node.mode & PERMISSIONS).toString(8),
    A: () => type + permissionText(node.mode),
    b: () => String(Math.ceil(kernel.sizeOf(node) / BLOCK_BYTES)),
    f: () => node.mode.toString(16),
    F: () => (name === 'regular file' && kernel.sizeOf(node) === 0 ? 'regular empty file' : name),
    g: () => String(node.gid),
    G: () => nameOfId(kernel, GROUP, node.gid) ?? 'UNKNOWN',
    h: () => String(kernel.linksOf(node)),
    i: () => String(node.ino),
    n: () => shown,
    N: () => (type === 'l' ? `${shown} -> ${kernel.readlink(path)}` : shown),
    s: () => String(kernel.sizeOf(node)),
    u: () => String(node.uid),
    U: () => nameOfId(kernel, PASSWD, node.uid) ?? 'UNKNOWN',
    Y: () => String(node.mtimeSec),
    y: () => timeText(node),
  };
  return fields[letter]?.() ?? `%${letter}`;
}

function permissionText(mode: number): string {
  const letters = [...'rwxrwxrwx'].map((letter, at) => (mode & (0o400 >> at) ? letter : '-'));
  for (const [bit, at, set] of [
    [0o4000, 2, 's'],
    [0o2000, 5, 's'],
    [0o1000, 8, 't'],
  ] as const) {
    if ((mode & bit) !== 0) letters[at] = letters[at] === 'x' ? set : set.toUpperCase();
  }
  return letters.join('');
}

function timeText({ mtimeSec, mtimeNsec }: InodeStat): string {
  const [date = '', time = ''] = new Date(mtimeSec * 1000).toISOString().split('T');
  return `${date} ${time.slice(0, 8)}.${String(mtimeNsec).padStart(9, '0')} +0000`;
}

/** Where two files first differ, from 1; undefined when they are equal. */
function firstDifference(kernel: Kernel, a: string, b: string): number | undefined {
  const [one, two] = [kernel.readFile(a), kernel.readFile(b)];
  if (equalBytes(one, two)) return undefined;
  const at = one.findIndex((byte, index) => byte !== two[index]);
  return (at < 0 ? one.length : at) + 1;
}

export function statFiles(args: readonly string[], { cwd, kernel }: CommandContext): string {
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

export function compareFiles(args: readonly string[], { cwd, kernel }: CommandContext): string {
  const { flags, operands } = parse(args, ['n']);
  const [a = '', b = ''] = operands;
  const at = firstDifference(kernel, canonicalPath(cwd, a), canonicalPath(cwd, b));
  if (at === undefined) return '';
  throw new CommandError(flags.has('s') ? '' : `${a} ${b} differ: byte ${at}`);
}
