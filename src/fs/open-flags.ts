/** Open flags as Node spells them: a number, or text such as `r+` or `ax`. */

import { integerOf } from './arguments.js';
import { constants } from './constants.js';
import { invalidValue } from './errors.js';

const { O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_EXCL, O_TRUNC, O_APPEND, O_SYNC } = constants;

const BASE: ReadonlyMap<string, number> = new Map([
  ['r', O_RDONLY],
  ['r+', O_RDWR],
  ['w', O_WRONLY | O_CREAT | O_TRUNC],
  ['w+', O_RDWR | O_CREAT | O_TRUNC],
  ['a', O_WRONLY | O_CREAT | O_APPEND],
  ['a+', O_RDWR | O_CREAT | O_APPEND],
]);

/** Letters that may stand with a base, in either order: `wx` and `xw`, `as` and `sa`. */
const EXTRA: Readonly<Record<string, { bit: number; goesWith: string }>> = {
  x: { bit: O_EXCL, goesWith: 'wa' },
  s: { bit: O_SYNC, goesWith: 'ra' },
};

const BY_NAME = flagsByName();

/** Open flags as a number; `fallback` where none are given. */
export function flagsOf(flags: unknown, fallback: number = O_RDONLY): number {
  if (flags === undefined || flags === null) return fallback;
  if (typeof flags === 'number') return integerOf(flags, 'flags', -0x80000000, 0x7fffffff);
  const known = typeof flags === 'string' ? BY_NAME.get(flags) : undefined;
  if (known === undefined) throw invalidValue('flags', flags);
  return known;
}

function flagsByName(): Map<string, number> {
  const all = new Map(BASE);
  for (const [name, base] of BASE) {
    const [verb, plus] = [name.charAt(0), name.slice(1)];
    for (const [letter, { bit, goesWith }] of Object.entries(EXTRA)) {
      if (!goesWith.includes(verb)) continue;
      all.set(verb + letter + plus, base | bit);
      all.set(letter + verb + plus, base | bit);
    }
  }
  return all;
}
