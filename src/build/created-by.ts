/** How history spells what an instruction did: as BuildKit does, which prints Go values. */

/** A list of strings with each quoted: `["a" "b"]`. */
export function quotedList(words: readonly string[]): string {
  return `[${words.map(quoted).join(' ')}]`;
}

export function plainList(words: readonly string[]): string {
  return `[${words.join(' ')}]`;
}

export interface HealthcheckFigures {
  readonly test: readonly string[];
  /** Nanoseconds. */
  readonly interval: number;
  readonly timeout: number;
  readonly startPeriod: number;
  readonly startInterval: number;
  readonly retries: number;
}

export function healthcheck(check: HealthcheckFigures): string {
  const times = [
    `Interval:${duration(check.interval)}`,
    `Timeout:${duration(check.timeout)}`,
    `StartPeriod:${duration(check.startPeriod)}`,
    `StartInterval:${duration(check.startInterval)}`,
  ];
  return `{Test:${plainList(check.test)} ${times.join(' ')} Retries:${check.retries}}`;
}

function quoted(text: string): string {
  const escaped = text.replace(/["\\\p{Cc}]/gu, (char) => ESCAPES[char] ?? hexEscape(char));
  return `"${escaped}"`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

function hexEscape(char: string): string {
  const code = char.codePointAt(0) as number;
  return code < 0x80 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

const UNITS: readonly (readonly [string, number])[] = [
  ['ns', 1],
  ['µs', 1e3],
  ['ms', 1e6],
];
const SECOND = 1e9;

/** As time.Duration prints itself: `1h2m0.5s`, `500ms`, `0s`. */
export function duration(nanoseconds: number): string {
  if (nanoseconds === 0) return '0s';
  if (nanoseconds < SECOND) {
    const [unit, size] = UNITS.findLast(([, each]) => nanoseconds >= each) as readonly [string, number];
    return `${nanoseconds / size}${unit}`;
  }
  const whole = Math.floor(nanoseconds / SECOND);
  const seconds = (whole % 60) + (nanoseconds % SECOND) / SECOND;
  const minutes = Math.floor(whole / 60);
  if (minutes === 0) return `${seconds}s`;
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? `${minutes}m${seconds}s` : `${hours}h${minutes % 60}m${seconds}s`;
}
