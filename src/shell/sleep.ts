/** sleep: seconds with a unit, or for ever. */

import type { ShellCommand } from './command.js';

const UNITS: Readonly<Record<string, number>> = { '': 1000, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const DURATION = /^(\d+(?:\.\d*)?|\.\d+)([smhd]?)$/;
/** The longest that a timer can wait. */
const LONGEST_MS = 2 ** 31 - 1;

export const sleep: ShellCommand = async (args, { signal }) => {
  let rest = 0;
  for (const word of args) {
    const match = DURATION.exec(word);
    if (/^inf(inity)?$/i.test(word)) rest = Number.POSITIVE_INFINITY;
    else if (match !== null) rest += Number(match[1]) * (UNITS[match[2] ?? ''] ?? 0);
    else return { stdout: '', stderr: `sleep: invalid time interval '${word}'\n`, exitCode: 1 };
  }
  if (args.length === 0) return { stdout: '', stderr: 'sleep: missing operand\n', exitCode: 1 };
  for (; rest > 0 && !signal.aborted; rest -= LONGEST_MS) await pause(Math.min(rest, LONGEST_MS), signal);
  return { stdout: '', stderr: '', exitCode: 0 };
};

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end, { once: true });
  });
}
