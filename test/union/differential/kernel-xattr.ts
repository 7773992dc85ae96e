/** Extended attributes by the tools of the package attr, since Node has no calls for them. */

import { spawnSync } from 'node:child_process';

/** The words of the C library (strerror(3)). */
const CODES: readonly (readonly [words: string, code: string])[] = [
  ['Operation not permitted', 'EPERM'],
  ['Permission denied', 'EACCES'],
  ['No such file or directory', 'ENOENT'],
  ['No such attribute', 'ENODATA'],
  ['Operation not supported', 'EOPNOTSUPP'],
  ['Not a directory', 'ENOTDIR'],
  ['Too many levels of symbolic links', 'ELOOP'],
  ['File name too long', 'ENAMETOOLONG'],
];

export function kernelXattr(path: string, action: string, name: string, value: string): string {
  const [command, ...args] =
    action === 'set'
      ? ['setfattr', '-n', name, '-v', value, path]
      : action === 'remove'
        ? ['setfattr', '-x', name, path]
        : ['getfattr', '--absolute-names', '--only-values', '-n', name, path];
  const { status, stdout, stderr } = spawnSync(command as string, args, { cwd: '/', encoding: 'utf8' });
  if (status === 0) return stdout;
  const code = CODES.find(([words]) => stderr.includes(words))?.[1];
  throw code === undefined ? new Error(stderr) : Object.assign(new Error(stderr), { code });
}
