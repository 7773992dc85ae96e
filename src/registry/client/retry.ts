/** When something is tried again, and how long it waits before. */

import type { RetryOptions } from './settings.js';

/** Statuses of servers that may do better next time (RFC 9110, section 15; RFC 6585 for 429). */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);
/** Those of them that say that nothing was done. */
const REFUSING: ReadonlySet<number> = new Set([425, 429, 503]);

/**
 * What may be sent again: `always`, what can be done twice; `refused`, what must not, and is only sent again when the
 * server says that it did nothing.
 */
export type Again = 'always' | 'refused';

export function isPassing(status: number, again: Again): boolean {
  return (again === 'always' ? PASSING : REFUSING).has(status);
}

/** What a server asks to wait, in seconds or as a date (RFC 9110, section 10.2.3). */
export function parseRetryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\s*\d{1,10}\s*$/.test(header)) return Number(header) * 1000;
  const date = /^\s*[A-Z][a-z]{2}/.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}

/** How long to wait after so many failures in a row; `undefined` when there is to be no other try. */
export function retryWaitMs(
  failures: number,
  { attempts, baseMs, capMs, random }: Required<RetryOptions>,
  askedMs: number = 0,
): number | undefined {
  if (failures >= attempts || askedMs > capMs) return undefined;
  const grown = baseMs * 2 ** (failures - 1) * (0.5 + random());
  return Math.min(capMs, Math.max(askedMs, grown));
}
