/** Options that several verbs read the same way. */

import type { Session } from './session.js';
import { UsageError } from './usage.js';

/** Gathers an option that may be given more than once. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** `NAME=value` pairs as a record; a name alone has an empty value. */
export function parsePairs(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const equals = pair.indexOf('=');
      return equals === -1 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
    }),
  );
}

/** `--timestamp`, else SOURCE_DATE_EPOCH: whole seconds since 1970; `undefined` when neither is given. */
export function sourceDateEpoch(timestamp: string | undefined, session: Session): number | undefined {
  const [name, text] =
    timestamp === undefined ? ['SOURCE_DATE_EPOCH', session.io.env['SOURCE_DATE_EPOCH']] : ['--timestamp', timestamp];
  if (text === undefined || text === '') return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new UsageError(`${name} must be whole seconds since 1970, not '${text}'`);
}
