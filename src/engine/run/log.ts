/** What a container printed, kept on the shelf in pieces: JSON lines of a stream, a time and the bytes. */

import { utf8, utf8Text } from '../../base/bytes.js';
import { StratumError } from '../../base/error.js';
import { isJsonObject, type JsonValue, parseJson } from '../../base/json.js';
import { decodeText, encodeText } from '../../fs/buffers.js';
import type { Shelf } from '../shelf.js';

export interface LogEntry {
  readonly stream: 'stdout' | 'stderr';
  /** RFC 3339. */
  readonly time: string;
  readonly bytes: Uint8Array;
}

/** A place between two entries: so many entries of a piece, and all pieces before it. */
export interface LogPosition {
  readonly piece: number;
  readonly entries: number;
}

const FOLDER = 'container-logs';
const FLUSH_MS = 100;
const FLUSH_BYTES = 1024 * 1024;
/** A piece is written again with what comes until it is as long as this: few pieces, none written too often. */
const PIECE_LENGTH = 256 * 1024;
const START: LogPosition = { piece: 0, entries: 0 };

/** Writes a log; a little at a time, so that others can follow. */
export class LogWriter {
  readonly #shelf: Shelf;
  readonly #id: string;
  readonly #now: () => string;
  #entries: LogEntry[] = [];
  #bytes = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #written: Promise<void>;
  #piece = 0;
  #text = '';

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
    const entries = this.#entries;
    if (entries.length === 0) return;
    this.#entries = [];
    this.#bytes = 0;
    this.#written = this.#written.then(() => this.#write(entries));
    // The one who closes is told; nobody else waits for it.
    this.#written.catch(() => {});
  }

  async #write(entries: readonly LogEntry[]): Promise<void> {
    this.#text += entries.map((entry) => `${JSON.stringify(lineOf(entry))}\n`).join('');
    await this.#shelf.write(pieceName(this.#id, this.#piece), utf8(this.#text));
    if (this.#text.length < PIECE_LENGTH) return;
    this.#piece++;
    this.#text = '';
  }

  /** A container that is started again goes on with its log, in a new piece. */
  async #findEnd(): Promise<void> {
    const names = (await this.#shelf.list(FOLDER)).map(({ name }) => name);
    this.#piece = names.filter((name) => name.startsWith(`${this.#id}.`)).length;
  }
}

/** What comes after a position, and the position after it; costs what is read. Fails with JSON_INVALID. */
export async function readLog(
  shelf: Shelf,
  id: string,
  from: LogPosition = START,
): Promise<{ readonly entries: LogEntry[]; readonly next: LogPosition }> {
  const found: LogEntry[] = [];
  let { piece, entries: skipped } = from;
  for (;;) {
    // Once there is a next piece, this one grows no more: that must be known before it is read.
    const isWhole = (await shelf.read(pieceName(id, piece + 1))) !== undefined;
    const entries = await readPiece(shelf, pieceName(id, piece));
    found.push(...entries.slice(skipped));
    if (!isWhole) return { entries: found, next: { piece, entries: entries.length } };
    piece++;
    skipped = 0;
  }
}

export async function removeLog(shelf: Shelf, id: string): Promise<void> {
  for (let piece = 0; await shelf.delete(pieceName(id, piece)); piece++);
}

function pieceName(id: string, number: number): string {
  return `${FOLDER}/${id}.${number}.jsonl`;
}

async function readPiece(shelf: Shelf, file: string): Promise<LogEntry[]> {
  const bytes = await shelf.read(file);
  if (bytes === undefined) return [];
  const text = utf8Text(bytes);
  if (text === undefined) throw new StratumError('JSON_INVALID', 'log is not UTF-8', { file });
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => entryOf(parseJson(utf8(line), { file }), file));
}

/** Bytes that are no UTF-8 are kept in base64. */
function lineOf({ stream, time, bytes }: LogEntry): JsonValue {
  const text = utf8Text(bytes);
  return text === undefined ? { stream, time, base64: decodeText(bytes, 'base64') } : { stream, time, log: text };
}

function entryOf(value: JsonValue, file: string): LogEntry {
  if (isJsonObject(value)) {
    const { stream, time, log, base64 } = value;
    const bytes = typeof log === 'string' ? utf8(log) : typeof base64 === 'string' && encodeText(base64, 'base64');
    if ((stream === 'stdout' || stream === 'stderr') && typeof time === 'string' && bytes)
      return { stream, time, bytes };
  }
  throw new StratumError('JSON_INVALID', 'not an entry of a log', { file });
}
