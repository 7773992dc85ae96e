/** Mount points of a run: made where they are missing, and taken away again. */

import { realPath } from '../build/real-path.js';
import type { RunRequest } from '../build/runtime.js';
import { directoryOf } from '../fs/path-text.js';
import { isDirectory } from '../tree/node.js';
import type { Kernel, Timestamp } from '../union/kernel.js';

export interface MadePoint {
  /** Where it is mounted: the target without symlinks. */
  readonly target: string;
  /** Paths that were made for it, the deepest first. */
  readonly made: readonly string[];
  /** The directory that they were made in, and its time before and after. */
  readonly parent: { readonly path: string; readonly before: Timestamp; readonly after: Timestamp } | undefined;
}

export function mountAll({ union, mounts }: RunRequest): MadePoint[] {
  const points: MadePoint[] = [];
  for (const point of mounts) {
    const { kernel } = union;
    const target = realPath(kernel, point.target);
    const made = missingPaths(kernel, target);
    const top = made.at(-1);
    const path = top && directoryOf(top);
    const before = path === undefined ? undefined : timeOf(kernel, path);
    union.mount(target, point.source, { readOnly: point.readOnly, create: true });
    const parent =
      path === undefined || before === undefined ? undefined : { path, before, after: timeOf(kernel, path) };
    points.push({ target, made, parent });
  }
  return points;
}

function missingPaths(kernel: Kernel, target: string): string[] {
  const missing: string[] = [];
  let at = '';
  for (const name of target.split('/').filter((each) => each !== '')) {
    at += `/${name}`;
    if (kernel.find(at, true) === undefined) missing.unshift(at);
  }
  return missing;
}

/** A point that was made for a mount goes again, unless the command put something there. */
export function unmountAll({ union }: RunRequest, points: readonly MadePoint[]): void {
  for (const { target, made, parent } of [...points].reverse()) {
    union.unmount(target);
    const isTouched = parent !== undefined && !sameTime(timeOf(union.kernel, parent.path), parent.after);
    for (const path of made) {
      const there = union.kernel.find(path, false);
      if (there === undefined) continue;
      if (!isDirectory(there)) union.kernel.unlink(path);
      else if (union.kernel.readdir(path).length === 0) union.kernel.rmdir(path);
    }
    if (parent !== undefined && !isTouched) union.kernel.utimes(parent.path, parent.before, parent.before);
  }
}

function timeOf(kernel: Kernel, path: string): Timestamp {
  const { mtimeSec: sec, mtimeNsec: nsec } = kernel.stat(path);
  return { sec, nsec };
}

function sameTime(a: Timestamp, b: Timestamp): boolean {
  return a.sec === b.sec && a.nsec === b.nsec;
}
