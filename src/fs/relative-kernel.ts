/** A kernel that takes relative paths from a directory of the caller's choice; a plain one takes them from `/`. */

import { FsError } from '../union/errno.js';
import type { Kernel } from '../union/kernel.js';
import { joined, withoutDots } from './path-text.js';

interface RelativeKernel extends Kernel {
  readonly cwd?: () => string;
}

type Call = (...args: unknown[]) => unknown;

/** Calls that take no path. */
const PATHLESS: ReadonlySet<string> = new Set([
  'fstat',
  'sizeOf',
  'linksOf',
  'deviceOf',
  'close',
  'read',
  'write',
  'ftruncate',
  'fsync',
  'fchmod',
  'fchown',
  'futimes',
]);

/** Which arguments are paths, where it is not the first alone. */
const PATHS: Readonly<Record<string, readonly number[]>> = { rename: [0, 1], link: [0, 1], symlink: [1] };

/** The same kernel, with relative paths taken from `cwd()`. Errors name a path as it was given. */
export function relativeTo(kernel: Kernel, cwd: () => string): Kernel {
  const relative: Record<string, unknown> = { device: kernel.device, cwd };
  for (const name of callsOf(kernel)) {
    // Asked for at each call: the calls of a kernel change when something is mounted.
    const call: Call = (...args) => (kernel as unknown as Record<string, Call>)[name]?.(...args);
    relative[name] = PATHLESS.has(name) ? call : anchored(call, PATHS[name] ?? [0], cwd);
  }
  return relative as unknown as Kernel;
}

function callsOf(kernel: Kernel): string[] {
  const names = [...Object.getOwnPropertyNames(Object.getPrototypeOf(kernel)), ...Object.keys(kernel)];
  const calls = kernel as unknown as Record<string, unknown>;
  return names.filter((name) => name !== 'constructor' && typeof calls[name] === 'function');
}

/** The absolute path that a kernel takes a path for, with dots resolved in the text alone. */
export function absolutePath(kernel: Kernel, path: string): string {
  return withoutDots(path.startsWith('/') ? path : joined((kernel as RelativeKernel).cwd?.() ?? '/', path));
}

function anchored(call: Call, paths: readonly number[], cwd: () => string): Call {
  return (...given) => {
    if (!paths.some((at) => isRelative(given[at]))) return call(...given);
    const args = given.map((each, at) => (paths.includes(at) && isRelative(each) ? joined(cwd(), each) : each));
    try {
      return call(...args);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      const spelled = (path: string | undefined): string | undefined =>
        path === undefined ? undefined : ((given[args.indexOf(path)] as string | undefined) ?? path);
      throw new FsError(error.code, error.syscall, spelled(error.path), spelled(error.dest));
    }
  };
}

/** The empty path is none: it leads nowhere from any directory. */
function isRelative(path: unknown): path is string {
  return typeof path === 'string' && path !== '' && !path.startsWith('/');
}
