/** Durations as Go's time.ParseDuration takes them: `1h30m`, `1.5s`, `-2ms`. */

import { invalid } from './error.js';

const UNITS: ReadonlyMap<string, number> = new Map([
  ['ns', 1],
  ['us', 1e3],
  ['µs', 1e3],
  ['μs', 1e3],
  ['ms', 1e6],
  ['s', 1e9],
  ['m', 60e9],
  ['h', 3600e9],
]);
const PART = /(\d*)(?:\.(\d*))?([^\d.]*)/y;

/** Nanoseconds. Fails with DOCKERFILE_INVALID. */
export function parseDuration(text: string): number {
  const start = /^[-+]/.test(text) ? 1 : 0;
  const shown = JSON.stringify(text);
  if (text.slice(start) === '0') return 0;
  if (text.length === start) throw invalid(`time: invalid duration ${shown}`);
  let sum = 0;
  PART.lastIndex = start;
  while (PART.lastIndex < text.length) {
    const [, whole = '', fraction = '', unit = ''] = PART.exec(text) as RegExpExecArray;
    if (whole === '' && fraction === '') throw invalid(`time: invalid duration ${shown}`);
    if (unit === '') throw invalid(`time: missing unit in duration ${shown}`);
    const factor = UNITS.get(unit);
    if (factor === undefined) throw invalid(`time: unknown unit ${JSON.stringify(unit)} in duration ${shown}`);
    sum += Number(`${whole || 0}.${fraction || 0}`) * factor;
  }
  return Math.round(text.startsWith('-') ? -sum : sum);
}
