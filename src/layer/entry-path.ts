/** Names in a tar as paths of a tree: absolute, contained, each component one that a file system can hold. */

import { encodeName } from '../base/bytes.js';
import { StratumError } from '../base/error.js';

/** Bytes in one name on Linux (NAME_MAX). */
export const NAME_LIMIT = 255;

/** An empty component, `.` or `..`. */
const SPECIAL = /(?:^|\/)\.{0,2}(?:\/|$)/;
/** UTF-8 takes at most three bytes a UTF-16 unit. */
const SURELY_SHORT = NAME_LIMIT / 3;

/**
 * The path of an entry: a leading `/` or `./` means nothing. Fails with PATH_INVALID for `..`, which could only lead
 * outside, and for a name of more than 255 bytes.
 */
export function entryPath(name: string): string {
  const plain = SPECIAL.test(name) ? withoutSpecials(name) : `/${name}`;
  if (plain.length > SURELY_SHORT) checkLengths(plain);
  return plain;
}

function withoutSpecials(name: string): string {
  const components = name.split('/').filter((component) => component !== '' && component !== '.');
  if (components.includes('..')) throw new StratumError('PATH_INVALID', 'path with ".."', { entry: shown(name) });
  return `/${components.join('/')}`;
}

function checkLengths(path: string): void {
  for (const component of path.split('/')) {
    if (component.length <= SURELY_SHORT || encodeName(component).length <= NAME_LIMIT) continue;
    throw new StratumError('PATH_INVALID', `name longer than ${NAME_LIMIT} bytes (ENAMETOOLONG)`, {
      entry: shown(path),
    });
  }
}

function shown(path: string): string {
  return path.length > 400 ? `${path.slice(0, 400)}…` : path;
}
