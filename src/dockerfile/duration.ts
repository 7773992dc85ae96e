/** Durations as Go's time.ParseDuration takes them: `1h30m`, `1.5s`, `-2ms`. */

import { invalid } from './error.js';

const UNITS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};
const WHOLE = /^[-+]?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/;
const PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g;

/** Nanoseconds. Fails with DOCKERFILE_INVALID. */
export function parseDuration(text: string): number {
  const shown = JSON.stringify(text);
  if (/^[-+]?0$/.test(text)) return 0;
  if (/^[-+]?\d+(?:\.\d*)?$/.test(text)) throw invalid(`time: missing unit in duration ${shown}`);
  const unknown = /^[-+]?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))*(?:\d+\.?\d*|\.\d+)([^\d.]+)/.exec(text);
  if (!WHOLE.test(text)) {
    const unit = unknown?.[1];
    throw invalid(
      unit === undefined
        ? `time: invalid duration ${shown}`
        : `time: unknown unit ${JSON.stringify(unit)} in duration ${shown}`,
    );
  }
  let sum = 0;
  for (const [, number, unit] of text.matchAll(PART)) sum += Number(number) * (UNITS[unit as string] as number);
  return Math.round(text.startsWith('-') ? -sum : sum);
}
