/** The order of names in a directory, and what a name may be. */

import { compareNames, encodeName } from '../base/bytes.js';

/** Longest name of a directory entry and longest path, in bytes (limits.h). */
export const NAME_MAX = 255;
export const PATH_MAX = 4096;

/** Units from here on sort differently by UTF-16 than by bytes. */
const FIRST_SURROGATE = /[\ud800-\uffff]/;

/** Sorts names by their bytes, in place. Almost all are plain text, for which the engine's own order is the same. */
export function sortNames(names: string[]): string[] {
  return names.some((name) => FIRST_SURROGATE.test(name)) ? names.sort(compareNames) : names.sort();
}

/** V8 copies slices that are shorter. */
const SLICE_MIN = 13;

/**
 * A copy of a slice of a path that keeps nothing else alive. V8 makes a slice a pointer into the whole string, which
 * then stays in memory with every name, and which sorts four times slower than text of its own.
 */
export function ownName(slice: string): string {
  return slice.length < SLICE_MIN ? slice : [slice.charAt(0), slice.slice(1)].join('');
}

/** True when a name takes more than NAME_MAX bytes; one of at most 85 units cannot. */
export function isNameTooLong(name: string): boolean {
  return name.length > NAME_MAX || (name.length > NAME_MAX / 3 && encodeName(name).length > NAME_MAX);
}

/** True when a path with its closing NUL takes more than PATH_MAX bytes. */
export function isPathTooLong(path: string): boolean {
  return path.length >= PATH_MAX || (path.length >= PATH_MAX / 3 && encodeName(path).length >= PATH_MAX);
}
