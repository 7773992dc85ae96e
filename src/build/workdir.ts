/** Paths of a Dockerfile, as Go's path.Clean makes them. */

import { joined, withoutDots } from '../fs/path-text.js';

/** {@link canonicalPath} with the slash at its end kept, where it means a directory. */
export function slashedPath(directory: string, path: string): string {
  const clean = canonicalPath(directory, path);
  return /\/$/.test(path) && clean !== '/' ? `${clean}/` : clean;
}

/** The path from a directory, absolute, without dots, doubled slashes or a slash at its end. */
export function canonicalPath(directory: string, path: string): string {
  return withoutDots(path.startsWith('/') ? path : joined(directory, path));
}
