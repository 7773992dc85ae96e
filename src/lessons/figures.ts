/** Figures as sentences have them. */

const UNITS: readonly (readonly [number, string])[] = [
  [1e9, 'GB'],
  [1e6, 'MB'],
  [1e3, 'kB'],
];

/** `221 bytes`, `20.4 kB`, `1.05 MB`: three digits, decimal units, as the command line has them. */
export function sizeText(bytes: number): string {
  for (const [unit, name] of UNITS) {
    // What would round up to a thousand belongs to the next unit.
    if (bytes >= unit * 0.9995) return `${Number((bytes / unit).toPrecision(3))} ${name}`;
  }
  return countText(bytes, 'byte');
}

/** `1 layer`, `3 layers`, `no layers`. */
export function countText(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count === 0 ? 'no' : count} ${noun}s`;
}
