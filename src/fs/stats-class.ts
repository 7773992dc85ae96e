/** The class under the name `Stats` in the fs object, with the arguments that Node's has. */

import { Stats } from './stats.js';

/** Of what stat gives, all are instances; a program may make more, of 14 numbers in this order. */
export interface StatsClass {
  new (...numbers: readonly number[]): Stats;
  (...numbers: readonly number[]): Stats;
  readonly prototype: Stats;
}

const FIELDS = [
  'dev',
  'mode',
  'nlink',
  'uid',
  'gid',
  'rdev',
  'blksize',
  'ino',
  'size',
  'blocks',
  'atimeMs',
  'mtimeMs',
  'ctimeMs',
  'birthtimeMs',
] as const;

/** Our own constructor reads an inode, which makes stat cheap; this one shares its prototype. */
function statsOf(...numbers: readonly number[]): Stats {
  const stats = Object.create(Stats.prototype);
  FIELDS.forEach((field, at) => {
    stats[field] = numbers[at];
  });
  return stats;
}
Object.defineProperty(statsOf, 'name', { value: 'Stats' });
statsOf.prototype = Stats.prototype;

export const statsClass: StatsClass = statsOf as unknown as StatsClass;
