/** `chown` and `chgrp`. */

import { type ContainerUser, resolveUser } from '../build/user.js';
import { canonicalPath } from '../build/workdir.js';
import { isDirectory } from '../tree/node.js';
import type { InodeStat, Kernel } from '../union/kernel.js';
import { type CommandContext, CommandError, parse } from './command.js';

export function changeOwner(args: readonly string[], { cwd, kernel }: CommandContext, kind: 'user' | 'group'): string {
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

/** Somebody of the container, by name or number. */
export function resolved(kernel: Kernel, text: string): ContainerUser {
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
