/**
 * Which random calls are not made, because what they do depends on more than the file system. docs/filesystem.md lists
 * each by the name of its function.
 */

import { createFs, type UnionFs } from '../../../src/index.js';
import { isDirectory, isFile, isSymlink } from '../../../src/tree/node.js';
import { mayAccess, R_OK, W_OK } from '../../../src/union/access.js';
import type { Face, FaceName } from './faces.js';
import type { Operation, Who } from './operations.js';
import { MOUNT, USER } from './stack.js';

const LONG_PATH = 2000;

export interface Attempt {
  readonly who: Who;
  readonly face: FaceName;
  readonly operation: Operation;
}

export const LEFT_OUT: readonly ((union: UnionFs, attempt: Attempt) => boolean)[] = [
  leadsOut,
  isRefusedByPolicy,
  failsPartway,
  resolvesDotsAsText,
  isLostByRm,
  replacesSymlinks,
  isOwnOfCallbacks,
];

export function isLeftOut(union: UnionFs, attempt: Attempt): boolean {
  return LEFT_OUT.some((leavesOut) => leavesOut(union, attempt));
}

/** True when a path of the call is the mount itself or outside of it: only there do the two machines differ. */
function leadsOut(union: UnionFs, { operation: [, ...args] }: Attempt): boolean {
  const paths = args.filter((arg): arg is string => typeof arg === 'string' && arg.startsWith('/'));
  return paths.some((path) => {
    const bare = path.replace(/\/+$/, '');
    return isOutside(union, path) || isOutside(union, bare.slice(0, bare.lastIndexOf('/')) || '/');
  });
}

/** What fs.protected_hardlinks, a policy of some machines, keeps a user from linking (proc_sys_fs(5)). */
function isRefusedByPolicy(union: UnionFs, { who, operation: [call, existing] }: Attempt): boolean {
  if (who === 'root' || call !== 'link') return false;
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
export async function isRefusedByOverlay(face: Face, [call, slot]: Operation): Promise<boolean> {
  if (!['fd:chmod', 'fd:chown', 'fd:utimes'].includes(call)) return false;
  try {
    const stats = (await face.onFile(Number(slot), 'stat', [])) as { nlink: number };
    return stats.nlink === 0;
  } catch {
    return false;
  }
}

/** Of a symlink with a slash the asynchronous rm says that it is done, and removes nothing. */
function isLostByRm(_: UnionFs, { face, operation: [call, path] }: Attempt): boolean {
  return call === 'rm' && face !== 'sync' && String(path).endsWith('/');
}

/** The realpath of the C library takes dots out of the text, and so asks no right to search what stands before them. */
function resolvesDotsAsText(_: UnionFs, { who, face, operation: [call, path] }: Attempt): boolean {
  return call === 'realpath' && face === 'promise' && who === 'user' && /\/\.\.?(\/|$)/.test(String(path));
}

/** Of a symlink that replaces one the asynchronous cp looks at the source's end, the synchronous one at the target's. */
function replacesSymlinks(union: UnionFs, { face, operation: [call, source, target] }: Attempt): boolean {
  if (call !== 'cp' || face === 'sync') return false;
  const [from, there] = [source, target].map((path) => union.kernel.find(String(path), false));
  if (from === undefined || there === undefined) return false;
  return isSymlink(there) || (isDirectory(from) && isDirectory(there));
}

/** Calls on whole trees stop at the first error: what they leave depends on the order in which names were listed. */
function failsPartway(union: UnionFs, { who, operation: [call, ...args] }: Attempt): boolean {
  if (call !== 'rm' && call !== 'cp') return false;
  // In the steps of Node the paths below get too long.
  if (args.some((arg) => typeof arg === 'string' && arg.length > LONG_PATH)) return true;
  if (call === 'rm' && /\/\.\.\/*$/.test(String(args[0]))) return true;
  const fork = union.fork();
  const fs = who === 'root' ? fork.fs : createFs(fork.view.kernelAs(USER));
  try {
    (fs as unknown as Record<string, (...all: unknown[]) => void>)[`${call}Sync`]?.(...args);
    return false;
  } catch (error) {
    const { path, syscall, code } = error as NodeJS.ErrnoException;
    // After EPERM Node tries what only makes sense for a directory.
    if (syscall === 'scandir' || code === 'EPERM') return true;
    return fork.changes().length !== union.changes().length || !args.includes(path ?? '');
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
function isOwnOfCallbacks(_: UnionFs, { face, operation: [call, , text, options] }: Attempt): boolean {
  if (face !== 'callback') return false;
  if (call === 'fd:readFile') return true;
  if (text !== '') return false;
  return (
    call === 'fd:appendFile' ||
    call === 'fd:writeFile' ||
    (call === 'writeFile' && (options as { flag?: string } | undefined)?.flag === 'r')
  );
}
