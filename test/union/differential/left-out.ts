/**
 * Which random calls are not made, because what they do depends on more than the file system. docs/filesystem.md lists
 * each by the name of its function.
 */

import { readFileSync } from 'node:fs';
import { createFs, type UnionFs } from '../../../src/index.js';
import { isDirectory, isFile, isSymlink } from '../../../src/tree/node.js';
import { mayAccess, R_OK, W_OK } from '../../../src/union/access.js';
import type { Kernel } from '../../../src/union/kernel.js';
import type { Face } from './faces.js';
import type { Judge } from './messages.js';
import type { Argument, Operation, Who } from './operations.js';
import { TREES_ARE_SORTED } from './sorted-trees.js';
import { MOUNT, USER } from './stack.js';

/** An operation before it is made. */
export interface Attempt {
  readonly union: UnionFs;
  readonly face: Face;
  readonly judge: Judge;
  readonly who: Who;
  readonly operation: Operation;
}

export const LEFT_OUT: readonly ((attempt: Attempt) => boolean | Promise<boolean>)[] = [
  leadsOut,
  isRefusedByPolicy,
  isRefusedByOverlay,
  failsPartway,
  isProtectedFromRm,
  isLostByRm,
  failsTwice,
  goesRound,
  isOwnOfCallbacks,
];

export async function isLeftOut(attempt: Attempt): Promise<boolean> {
  for (const leavesOut of LEFT_OUT) if (await leavesOut(attempt)) return true;
  return false;
}

/** True when a path of the call is the mount itself or outside of it: only there do the two machines differ. */
function leadsOut({ union, operation: [, ...args] }: Attempt): boolean {
  const paths = args.filter((arg): arg is string => typeof arg === 'string' && arg.startsWith('/'));
  return paths.some((path) => {
    const bare = path.replace(/\/+$/, '');
    return isOutside(union, path) || isOutside(union, bare.slice(0, bare.lastIndexOf('/')) || '/');
  });
}

const PROTECTED_HARDLINKS = '/proc/sys/fs/protected_hardlinks';
let guardsLinks: boolean | undefined;

/** What fs.protected_hardlinks, a policy of some machines, keeps a user from linking (proc_sys_fs(5)). */
function isRefusedByPolicy({ union, who, operation: [call, existing] }: Attempt): boolean {
  if (who === 'root' || call !== 'link') return false;
  guardsLinks ??= readFileSync(PROTECTED_HARDLINKS, 'utf8').trim() !== '0';
  if (!guardsLinks) return false;
  const kernel = union.view.kernelAs(USER);
  const inode = kernel.find(String(existing), false);
  if (inode === undefined || inode.uid === USER.uid) return false;
  if (!isFile(inode) || (inode.mode & 0o4000) !== 0 || (inode.mode & 0o2010) === 0o2010) return true;
  return !mayAccess(USER, inode, R_OK | W_OK);
}

/**
 * overlayfs cannot always copy up what has lost the name that it was opened by: changes of its attributes give ENOENT
 * or EEXIST then. A plain directory has no such trouble.
 */
async function isRefusedByOverlay({ judge, face, operation: [call, slot] }: Attempt): Promise<boolean> {
  if (judge !== 'overlay' || !['fd:chmod', 'fd:chown', 'fd:utimes'].includes(call)) return false;
  try {
    const stats = (await face.onFile(Number(slot), 'stat', [])) as { nlink: number };
    return stats.nlink === 0;
  } catch {
    return false;
  }
}

/** Of a symlink with a slash the asynchronous rm says that it is done, and removes nothing. */
function isLostByRm({ union, face, operation: [call, path] }: Attempt): boolean {
  if (call !== 'rm' || face.name === 'sync' || !String(path).endsWith('/')) return false;
  const inode = union.kernel.find(String(path).replace(/\/+$/, ''), false);
  return inode !== undefined && isSymlink(inode);
}

/** The asynchronous cp looks at both of its paths at once: where both are bad, it is chance which one it tells of. */
function failsTwice({ union, face, who, operation: [call, ...paths] }: Attempt): boolean {
  if (call !== 'cp' || face.name === 'sync') return false;
  const kernel = who === 'root' ? union.kernel : union.view.kernelAs(USER);
  const [source, target] = paths.map((path) => kernel.whyMissing(String(path), false));
  return source !== undefined && target !== undefined && target !== 'ENOENT';
}

/**
 * A recursive listing goes into symlinked directories, and so round a directory that leads to itself until there are more
 * than 40 symlinks in the path. With two such symlinks that is 2^40 turns; with one Linux gives ELOOP too early now and
 * then, since a walk that it has to begin anew goes on counting.
 */
function goesRound({ union, operation: [call, path, options] }: Attempt): boolean {
  if (call !== 'readdir' || (options as { recursive?: boolean } | undefined)?.recursive !== true) return false;
  return leadsBack(union.kernel, String(path), new Set());
}

/** True when a way down, symlinks followed, comes to a directory that it has been in. */
function leadsBack(kernel: Kernel, path: string, above: ReadonlySet<number>): boolean {
  const inode = kernel.find(path, true);
  if (inode === undefined || !isDirectory(inode)) return false;
  if (above.has(inode.ino)) return true;
  const below = new Set([...above, inode.ino]);
  return kernel.readdir(path).some((name) => leadsBack(kernel, `${path}/${name}`, below));
}

/**
 * The asynchronous rm removes what a directory holds side by side, and stops at the first error: what it leaves is
 * chance. Of dots that lead up either rm removes what comes before the way back is gone. Where listings are not sorted,
 * all calls on trees leave what their order says.
 */
function failsPartway(attempt: Attempt): boolean {
  const { union, face, operation } = attempt;
  const [call, ...args] = operation;
  if (call !== 'rm' && call !== 'cp') return false;
  if (call === 'rm' && /\/\.\.\/*$/.test(String(args[0]))) return true;
  if (TREES_ARE_SORTED && (call === 'cp' || face.name === 'sync')) return false;
  const { error, fork } = tried(attempt);
  return error !== undefined && (fork.changes().length !== union.changes().length || !args.includes(error.path ?? ''));
}

/**
 * rm of what a sticky directory protects and is no directory: Node goes on as if it were one, and says that there is none,
 * or that all is done, or empties what a symlink leads to.
 */
function isProtectedFromRm(attempt: Attempt): boolean {
  if (attempt.operation[0] !== 'rm') return false;
  const { error } = tried(attempt);
  return error?.code === 'EPERM' && error.syscall === 'unlink';
}

/** Makes a call on a fork. */
function tried({ union, who, operation: [call, ...args] }: Attempt): { error?: NodeJS.ErrnoException; fork: UnionFs } {
  const fork = union.fork();
  const fs = who === 'root' ? fork.fs : createFs(fork.view.kernelAs(USER));
  try {
    (fs as unknown as Record<string, (...all: unknown[]) => void>)[`${call}Sync`]?.(...args);
    return { fork };
  } catch (error) {
    return { error: error as NodeJS.ErrnoException, fork };
  }
}

function isOutside({ kernel }: UnionFs, path: string): boolean {
  try {
    return !kernel.realpath(path).startsWith(`${MOUNT}/`);
  } catch {
    return false;
  }
}

/**
 * Where Node's callback calls are alone: they write even nothing, and so find out whether the descriptor may write; and
 * readFile loses the error of a descriptor that is no good.
 */
async function isOwnOfCallbacks({ face, operation: [call, slot, text, options] }: Attempt): Promise<boolean> {
  if (face.name !== 'callback') return false;
  if (call === 'fd:readFile') return !(await succeeds(face, slot, 'read', 1));
  if (text !== '') return false;
  if (call === 'fd:appendFile' || call === 'fd:writeFile') return !(await succeeds(face, slot, 'write', 0));
  return call === 'writeFile' && (options as { flag?: string } | undefined)?.flag === 'r';
}

async function succeeds(
  face: Face,
  slot: Argument | undefined,
  method: 'read' | 'write',
  size: number,
): Promise<boolean> {
  try {
    await face.onFile(Number(slot), method, [new Uint8Array(size), 0, size, 0]);
    return true;
  } catch {
    return false;
  }
}
