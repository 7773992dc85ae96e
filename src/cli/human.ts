/** Sizes and ages as Docker words them (docker/go-units). */

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB', 'YB'] as const;

/**
 * A size in decimal units with a number of significant digits: Docker's listings use three, its `system df` four.
 * A size that rounds to a thousand moves to the next unit, where Docker prints `1e+03kB`.
 */
export function humanSize(bytes: number, digits = 3): string {
  let unit = 0;
  let value = bytes;
  while (roundTo(value, digits) >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${roundTo(value, digits)}${UNITS[unit]}`;
}

/** How long ago, in words: `2 weeks ago`, or `N/A` for a time that is not known. */
export function humanAge(created: string | undefined, now: Date): string {
  const time = created === undefined ? Number.NaN : Date.parse(created);
  return Number.isNaN(time) ? 'N/A' : `${humanDuration((now.getTime() - time) / 1000)} ago`;
}

/** A duration in words, rounded as Docker rounds it. */
export function humanDuration(durationSeconds: number): string {
  const seconds = Math.trunc(durationSeconds);
  if (seconds < 1) return 'Less than a second';
  if (seconds === 1) return '1 second';
  if (seconds < 60) return `${seconds} seconds`;
  const minutes = Math.trunc(seconds / 60);
  if (minutes === 1) return 'About a minute';
  if (minutes < 60) return `${minutes} minutes`;
  const hours = Math.trunc(durationSeconds / 3600 + 0.5);
  if (hours === 1) return 'About an hour';
  if (hours < 48) return `${hours} hours`;
  if (hours < 24 * 7 * 2) return `${Math.trunc(hours / 24)} days`;
  if (hours < 24 * 30 * 2) return `${Math.trunc(hours / 24 / 7)} weeks`;
  if (hours < 24 * 365 * 2) return `${Math.trunc(hours / 24 / 30)} months`;
  return `${Math.trunc(durationSeconds / 3600 / 24 / 365)} years`;
}

/** A time as Go prints it: `2026-01-02 03:04:05 +0000 UTC`. */
export function goTime(created: string | undefined): string {
  const time = created === undefined ? Number.NaN : Date.parse(created);
  if (Number.isNaN(time)) return 'N/A';
  return `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`;
}

/** A time in whole seconds, RFC 3339. */
export function rfc3339(created: string | undefined): string {
  const time = created === undefined ? Number.NaN : Date.parse(created);
  return Number.isNaN(time) ? 'N/A' : `${new Date(time).toISOString().slice(0, 19)}Z`;
}

/** Cuts text to a width; what was cut is one ellipsis, which counts. */
export function ellipsis(text: string, width: number): string {
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, width - 1).join('')}…`;
}

/** Part of a whole as `12%`; of nothing, `0%`. */
export function percent(part: number, whole: number): string {
  return `${whole === 0 ? 0 : Math.round((part / whole) * 100)}%`;
}

function roundTo(value: number, digits: number): number {
  return Number(value.toPrecision(digits));
}
