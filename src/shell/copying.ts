/** `cp` with the options that keep what a file is. */

import { canonicalPath } from '../build/workdir.js';
import { nameOf } from '../fs/path-text.js';
import { isDirectory, isSymlink } from '../tree/node.js';
import { FsError } from '../union/errno.js';
import type { InodeStat, Kernel } from '../union/kernel.js';
import { type CommandContext, CommandError, parse, WRITE } from './command.js';

const PERMISSIONS = 0o7777;

interface CopyRules {
  readonly isDeep: boolean;
  /** Owner, mode and times too. */
  readonly isPreserving: boolean;
  readonly keepsLinks: boolean;
}

export function copy(args: readonly string[], { cwd, kernel }: CommandContext): string {
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
    const name = /\/\.\.?$|^\.\.?$/.test(source) ? '' : `/${nameOf(from)}`;
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
