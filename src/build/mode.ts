/** What `--chmod` says: an octal number, or symbolic changes as chmod(1) takes them. */

import { S_IFDIR, S_IFMT } from '../tree/node.js';

/** The permission bits that a file or directory of these gets. */
export interface ModeChange {
  /** The number, where one is given: directories that are made on the way get it too. */
  readonly octal: number | undefined;
  /** From a whole mode, type bits included, to permission bits. */
  apply(mode: number): number;
}

interface Clause {
  readonly who: number;
  readonly operator: string;
  readonly permissions: string;
}

const PERMISSIONS = 0o7777;
const ALL = 0o777;
const GROUPS: Readonly<Record<string, number>> = { u: 0o700, g: 0o070, o: 0o007, a: ALL };
const BITS: Readonly<Record<string, number>> = { r: 0o444, w: 0o222, x: 0o111 };
const SYMBOLIC = /^([ugoa]*)([-+=])([rwxXst]*|[ugo])/;

/** Undefined for a text that is neither. */
export function parseMode(text: string): ModeChange | undefined {
  if (/^\d+$/.test(text)) {
    const octal = /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : Number.NaN;
    return octal <= PERMISSIONS ? { octal, apply: () => octal } : undefined;
  }
  const clauses = parseClauses(text);
  if (clauses === undefined) return undefined;
  return { octal: undefined, apply: (mode) => clauses.reduce(applyClause, mode) & PERMISSIONS };
}

function parseClauses(text: string): Clause[] | undefined {
  const clauses: Clause[] = [];
  for (const part of text.split(',')) {
    let rest = part;
    let who = '';
    while (rest !== '' || part === '') {
      const match = SYMBOLIC.exec(rest);
      if (match === null) return undefined;
      who = match[1] === '' && who !== '' ? who : (match[1] as string);
      clauses.push({ who: whoMask(who), operator: match[2] as string, permissions: match[3] as string });
      rest = rest.slice(match[0].length);
    }
  }
  return clauses;
}

function whoMask(who: string): number {
  if (who === '') return ALL;
  return [...who].reduce((mask, letter) => mask | (GROUPS[letter] as number), 0);
}

function applyClause(mode: number, { who, operator, permissions }: Clause): number {
  const special = specialBits(permissions, who);
  const bits = (plainBits(permissions, mode) & who) | special;
  if (operator === '+') return mode | bits;
  if (operator === '-') return mode & ~bits;
  const cleared = who | (who & 0o700 ? 0o4000 : 0) | (who & 0o070 ? 0o2000 : 0);
  return (mode & ~cleared) | bits;
}

function plainBits(permissions: string, mode: number): number {
  if (/^[ugo]$/.test(permissions)) {
    const shift = { u: 6, g: 3, o: 0 }[permissions] as number;
    return ((mode >> shift) & 7) * 0o111;
  }
  let bits = 0;
  for (const letter of permissions) {
    if (letter === 'X') bits |= (mode & S_IFMT) === S_IFDIR || (mode & 0o111) !== 0 ? 0o111 : 0;
    else bits |= BITS[letter] ?? 0;
  }
  return bits;
}

function specialBits(permissions: string, who: number): number {
  let bits = 0;
  if (permissions.includes('s')) bits |= (who & 0o700 ? 0o4000 : 0) | (who & 0o070 ? 0o2000 : 0);
  if (permissions.includes('t')) bits |= 0o1000;
  return bits;
}
