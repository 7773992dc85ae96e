/** A log as lines: only the last ones, with times, if that is asked for. */

import type { LogEntry } from '../../engine/run/log.js';

export interface LogLine {
  readonly stream: LogEntry['stream'];
  /** With its newline, if it has one. */
  readonly bytes: Uint8Array;
}

export interface LineOptions {
  /** So many of the last that are there; all without it. Those that come later are all shown. */
  readonly tail: number | undefined;
  readonly timestamps: boolean;
}

const NEWLINE = 10;

export async function* logLines(
  entries: AsyncIterable<LogEntry>,
  { tail, timestamps }: LineOptions,
): AsyncGenerator<LogLine, void, undefined> {
  if (tail === undefined) {
    for await (const entry of entries) yield* linesOf(entry, timestamps);
    return;
  }
  const last: LogLine[] = [];
  for await (const entry of entries) {
    last.push(...linesOf(entry, timestamps));
    if (last.length > tail) last.splice(0, last.length - tail);
  }
  yield* last;
}

function* linesOf({ stream, time, bytes }: LogEntry, timestamps: boolean): Generator<LogLine, void, undefined> {
  const prefix = timestamps ? Buffer.from(`${time} `) : Buffer.alloc(0);
  for (let start = 0; start < bytes.length; ) {
    const at = bytes.indexOf(NEWLINE, start);
    const end = at < 0 ? bytes.length : at + 1;
    yield { stream, bytes: Buffer.concat([prefix, bytes.subarray(start, end)]) };
    start = end;
  }
}
