/** What a container printed, kept on the shelf in pieces: JSON lines of a stream, a time and the bytes. */

import { utf8, utf8Text } from '../../base/bytes.js';
import { isJsonObject, type JsonValue, parseJson } from '../../base/json.js';
import type { Shelf } from '../shelf.js';

export interface LogEntry {
  readonly stream: 'stdout' | 'stderr';
  /** RFC 3339. */
  readonly time: string;
  readonly bytes: Uint8Array;
}

const FOLDER = 'container-logs';
const FLUSH_MS = 100;
const FLUSH_BYTES = 1024 * 1024;
const SEQUENCE_DIGITS = 9;

/** Writes a log; a piece at a time, so that others can follow. */
export class LogWriter {
  readonly #shelf: Shelf;
  readonly #id: string;
  readonly #now: () => string;
  #entries: LogEntry[] = [];
  #bytes = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #written: Promise<void>;
  #next = 0;

  constructor(shelf: Shelf, id: string, now: () => string) {
    this.#shelf = shelf;
    this.#id = id;
    this.#now = now;
    this.#written = this.#findEnd();
  }

  add(stream: LogEntry['stream'], bytes: Uint8Array): void {
    this.#entries.push({ stream, time: this.#now(), bytes: bytes.slice() });
    this.#bytes += bytes.length;
    if (this.#bytes >= FLUSH_BYTES) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), FLUSH_MS);
  }

  /** Resolves when everything is on the shelf. */
  async close(): Promise<void> {
    this.#flush();
    await this.#written;
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#entries.length === 0) return;
    const text = this.#entries.map((entry) => `${JSON.stringify(lineOf(entry))}\n`).join('');
    this.#entries = [];
    this.#bytes = 0;
    this.#written = this.#written.then(() => this.#shelf.write(pieceName(this.#id, this.#next++), utf8(text)));
    // The one who closes is told; nobody else waits for it.
    this.#written.catch(() => {});
  }

  /** A container that is started again goes on with its log. */
  async #findEnd(): Promise<void> {
    this.#next = (await pieces(this.#shelf, this.#id)).length;
  }
}

/** The pieces of a log from one on, and the number of the next. */
export async function readLog(
  shelf: Shelf,
  id: string,
  from: number = 0,
): Promise<{ readonly entries: LogEntry[]; readonly next: number }> {
  const entries: LogEntry[] = [];
  const names = (await pieces(shelf, id)).slice(from);
  for (const name of names) {
    const text = utf8Text((await shelf.read(name)) ?? new Uint8Array(0)) ?? '';
    for (const line of text.split('\n')) if (line !== '') entries.push(...entryOf(parseJson(utf8(line))));
  }
  return { entries, next: from + names.length };
}

export async function removeLog(shelf: Shelf, id: string): Promise<void> {
  for (const name of await pieces(shelf, id)) await shelf.delete(name);
}

async function pieces(shelf: Shelf, id: string): Promise<string[]> {
  const entries = await shelf.list(FOLDER);
  return entries.filter(({ name }) => name.startsWith(`${id}.`)).map(({ name }) => `${FOLDER}/${name}`);
}

function pieceName(id: string, number: number): string {
  return `${FOLDER}/${id}.${String(number).padStart(SEQUENCE_DIGITS, '0')}.jsonl`;
}

/** Bytes that are no UTF-8 are kept one character a byte. */
function lineOf({ stream, time, bytes }: LogEntry): JsonValue {
  const text = utf8Text(bytes);
  return text === undefined ? { stream, time, latin1: String.fromCharCode(...bytes) } : { stream, time, log: text };
}

function entryOf(value: JsonValue): LogEntry[] {
  if (!isJsonObject(value) || typeof value['time'] !== 'string') return [];
  const { stream, time, log, latin1 } = value;
  if (stream !== 'stdout' && stream !== 'stderr') return [];
  if (typeof log === 'string') return [{ stream, time, bytes: utf8(log) }];
  if (typeof latin1 !== 'string') return [];
  return [{ stream, time, bytes: Uint8Array.from(latin1, (char) => char.charCodeAt(0)) }];
}
