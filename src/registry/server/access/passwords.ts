/** Who knows which password: the port, and Apache's file of users (`htpasswd -B`) as one side of it. */

import { utf8 } from '../../../base/bytes.js';
import { StratumError } from '../../../base/error.js';
import { digestOf } from '../../../digest/hasher.js';

/** True when the password is the user's. */
export type CheckPassword = (user: string, password: string) => Promise<boolean>;

/** True when the password has this bcrypt hash; a platform supplies it. */
export type CompareHash = (password: string, hash: string) => Promise<boolean>;

const LINE = /^([^:\s]+):(\$2[aby]\$\d\d\$[./A-Za-z0-9]{53})$/;
/** A password that was right is not hashed again for so long: a pull asks a hundred times. */
const REMEMBERED_MS = 5 * 60 * 1000;
const REMEMBERED_LIMIT = 1000;

/** Passwords by a file of users. Fails with USAGE for a line that is not one of bcrypt. */
export function htpasswd(text: string, compare: CompareHash, now: () => number = Date.now): CheckPassword {
  const users = parseHtpasswd(text);
  const [anyHash] = users.values();
  return remembering(async (user, password) => {
    const hash = users.get(user);
    // One who is unknown waits as long as one whose password is wrong.
    const isRight = anyHash !== undefined && (await compare(password, hash ?? anyHash));
    return hash !== undefined && isRight;
  }, now);
}

/** Hashes by user. */
export function parseHtpasswd(text: string): ReadonlyMap<string, string> {
  const users = new Map<string, string>();
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [, user, hash] = LINE.exec(line.trim()) ?? [];
    if (user === undefined || hash === undefined) {
      throw new StratumError('USAGE', `line ${at + 1} of the file of users is not USER:HASH of bcrypt (htpasswd -B)`);
    }
    users.set(user, hash);
  }
  return users;
}

/** Keeps what was right by a hash that only this process can make. */
function remembering(check: CheckPassword, now: () => number): CheckPassword {
  const salt = globalThis.crypto.randomUUID();
  const known = new Map<string, number>();
  return async (user, password) => {
    const key = digestOf(utf8(JSON.stringify([salt, user, password])));
    if ((known.get(key) ?? 0) > now()) return true;
    known.delete(key);
    if (!(await check(user, password))) return false;
    if (known.size >= REMEMBERED_LIMIT) known.clear();
    known.set(key, now() + REMEMBERED_MS);
    return true;
  };
}
