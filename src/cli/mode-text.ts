/** Modes as `ls -l` writes them. */

import { S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFSOCK } from '../tree/node.js';

const TYPE_LETTERS: ReadonlyMap<number, string> = new Map([
  [S_IFDIR, 'd'],
  [S_IFLNK, 'l'],
  [S_IFCHR, 'c'],
  [S_IFBLK, 'b'],
  [S_IFIFO, 'p'],
  [S_IFSOCK, 's'],
]);

/** Type and permissions as ls -l writes them. */
export function modeText({ mode }: { readonly mode: number }): string {
  const type = TYPE_LETTERS.get(mode & S_IFMT) ?? '-';
  const triple = (shift: number, special: boolean, letter: string): string => {
    const bits = mode >> shift;
    const run = special ? (bits & 1 ? letter : letter.toUpperCase()) : bits & 1 ? 'x' : '-';
    return `${bits & 4 ? 'r' : '-'}${bits & 2 ? 'w' : '-'}${run}`;
  };
  return `${type}${triple(6, (mode & 0o4000) !== 0, 's')}${triple(3, (mode & 0o2000) !== 0, 's')}${triple(0, (mode & 0o1000) !== 0, 't')}`;
}
