/** The rows of a container's /etc/passwd and /etc/group (passwd(5), group(5)). */

import { utf8Text } from '../base/bytes.js';
import type { Kernel } from '../union/kernel.js';

export const PASSWD = '/etc/passwd';
export const GROUP = '/etc/group';

/** Linux has no larger id that somebody can be. */
const HIGHEST_ID = 2 ** 32 - 2;

/** Each row as its fields; none where there is no such file. */
export function accountRows(kernel: Kernel, path: string): string[][] {
  if (kernel.find(path, true) === undefined) return [];
  const text = utf8Text(kernel.readFile(path)) ?? '';
  return text.split('\n').flatMap((row) => (row === '' ? [] : [row.split(':')]));
}

/** A number that can be a uid or gid; undefined for any other text. */
export function idOf(text: string | undefined): number | undefined {
  const id = text !== undefined && /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return id <= HIGHEST_ID ? id : undefined;
}

/** The id of a user or a group by name. */
export function namedId(kernel: Kernel, path: typeof PASSWD | typeof GROUP, name: string): number | undefined {
  return idOf(accountRows(kernel, path).find(([own]) => own === name)?.[2]);
}

/** The name of a user or a group by id. */
export function nameOfId(kernel: Kernel, path: typeof PASSWD | typeof GROUP, id: number): string | undefined {
  return accountRows(kernel, path).find(([, , own]) => own === String(id))?.[0];
}
