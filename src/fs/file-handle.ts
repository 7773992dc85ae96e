/** FileHandle: an open file of the promise face. */

import { checkSignal, optionsOf } from './arguments.js';
import type { Encoding } from './buffers.js';
import { later } from './deferred.js';
import { disposable } from './disposable.js';
import { Emitting } from './emitting.js';
import { FsStateError } from './errors.js';
import type { BigIntStats, Stats } from './stats.js';
import type { StreamClasses } from './stream-classes.js';
import { fileStreams, type StreamOptions } from './streams-port.js';
import type { ReadFileOptions, WriteFileOptions } from './sync/content.js';
import type { TimeLike } from './sync/descriptors.js';
import type { StatOptions } from './sync/look.js';
import type { SyncCalls } from './sync.js';
import { readArguments } from './transfer.js';

/** What writeFile takes besides text and bytes: pieces of them, one after the other. */
export type Pieces = Iterable<string | ArrayBufferView> | AsyncIterable<string | ArrayBufferView>;

export type FileContent = string | ArrayBufferView | Pieces;

const CLOSED = -1;
const WEB_CHUNK_BYTES = 64 * 1024;

/**
 * An open file. Every method gives a promise, and rejects with EBADF once the handle is closed. Reads and writes
 * without a position go on where the last one ended. Emits `close` when it is closed.
 */
export class FileHandle extends Emitting {
  readonly #sync: SyncCalls;
  readonly #streams: StreamClasses;
  #fd: number;
  #hasWebStream: boolean = false;

  constructor(fd: number, sync: SyncCalls, streams: StreamClasses) {
    super();
    this.#fd = fd;
    this.#sync = sync;
    this.#streams = streams;
  }

  /** The descriptor; -1 once the handle is closed. */
  get fd(): number {
    return this.#fd;
  }

  async close(): Promise<void> {
    if (this.#fd === CLOSED) return;
    const fd = this.#fd;
    this.#fd = CLOSED;
    this.#sync.closeSync(fd);
    this.emit('close');
  }

  /** `(buffer, offset, length, position)`, `(buffer, options?)` or `(options?)`. */
  async read<B extends ArrayBufferView>(...rest: unknown[]): Promise<{ bytesRead: number; buffer: B }> {
    const fd = this.#open('read');
    const [buffer, ...range] = readArguments(rest[0] === null ? [] : rest);
    // Here, other than in fs.read, the length need not be given.
    if (range.length > 1) range[1] ??= buffer.byteLength - Number(range[0] ?? 0);
    const bytesRead = this.#sync.readSync(fd, buffer, ...(range as [number, number])); // checked there
    return { bytesRead, buffer: buffer as B };
  }

  async readv<B extends readonly ArrayBufferView[]>(
    buffers: B,
    position?: number | null,
  ): Promise<{ bytesRead: number; buffers: B }> {
    return { bytesRead: this.#sync.readvSync(this.#open('readv'), buffers, position), buffers };
  }

  /** `(buffer, offset?, length?, position?)`, `(buffer, options)` or `(text, position?, encoding?)`. */
  async write<B extends ArrayBufferView | string>(
    buffer: B,
    ...rest: unknown[]
  ): Promise<{ bytesWritten: number; buffer: B }> {
    const range = rest as [number, number]; // checked there
    return { bytesWritten: this.#sync.writeSync(this.#open('write'), buffer as ArrayBufferView, ...range), buffer };
  }

  async writev<B extends readonly ArrayBufferView[]>(
    buffers: B,
    position?: number | null,
  ): Promise<{ bytesWritten: number; buffers: B }> {
    return { bytesWritten: this.#sync.writevSync(this.#open('writev'), buffers, position), buffers };
  }

  /** Reads from where the descriptor is to the end. */
  async readFile(options?: ReadFileOptions | Encoding | null): Promise<string | Uint8Array> {
    const fd = this.#open('readFile');
    const { signal } = optionsOf<ReadFileOptions>(options);
    await untilAbortable(signal);
    return this.#sync.readFileSync(fd, options);
  }

  /** Writes from where the descriptor is. */
  async writeFile(data: FileContent, options?: WriteFileOptions | Encoding | null): Promise<void> {
    const fd = this.#open('writeFile');
    const given = optionsOf<WriteFileOptions>(options);
    await untilAbortable(given.signal);
    if (!isPieces(data)) return this.#sync.writeFileSync(fd, data, options);
    for await (const piece of data) {
      checkSignal(given.signal);
      this.#sync.writeFileSync(fd, piece, options);
    }
  }

  async appendFile(data: FileContent, options?: WriteFileOptions | Encoding | null): Promise<void> {
    return this.writeFile(data, options);
  }

  async stat(options?: StatOptions): Promise<Stats | BigIntStats> {
    return this.#sync.fstatSync(this.#open('fstat'), options ?? {});
  }

  async truncate(length?: number | null): Promise<void> {
    this.#sync.ftruncateSync(this.#open('ftruncate'), length);
  }

  async chmod(mode: number | string): Promise<void> {
    this.#sync.fchmodSync(this.#open('fchmod'), mode);
  }

  async chown(uid: number, gid: number): Promise<void> {
    this.#sync.fchownSync(this.#open('fchown'), uid, gid);
  }

  async utimes(atime: TimeLike, mtime: TimeLike): Promise<void> {
    this.#sync.futimesSync(this.#open('futimes'), atime, mtime);
  }

  async sync(): Promise<void> {
    this.#sync.fsyncSync(this.#open('fsync'));
  }

  async datasync(): Promise<void> {
    this.#sync.fdatasyncSync(this.#open('fdatasync'));
  }

  /** A stream of Node's kind; it closes the handle when it ends, unless `autoClose` is false. */
  createReadStream(options?: StreamOptions): object {
    return new this.#streams.ReadStream(undefined, { ...options, fd: this });
  }

  createWriteStream(options?: StreamOptions): object {
    return new this.#streams.WriteStream(undefined, { ...options, fd: this });
  }

  /** The lines of the file, from where the descriptor is. */
  readLines(options?: StreamOptions): object {
    return fileStreams.get().lines(this.createReadStream(options));
  }

  /** The bytes from where the descriptor is, once; the handle stays open, and where it is closed the stream ends. */
  readableWebStream(): ReadableStream<Uint8Array> {
    if (this.#fd === CLOSED) throw invalidState('The FileHandle is closed');
    if (this.#hasWebStream) throw invalidState('The FileHandle is locked');
    this.#hasWebStream = true;
    return new ReadableStream({
      type: 'bytes',
      pull: (controller) => {
        const bytes = new Uint8Array(WEB_CHUNK_BYTES);
        const count = this.#fd === CLOSED ? 0 : this.#sync.readSync(this.#fd, bytes);
        if (count > 0) return controller.enqueue(bytes.subarray(0, count));
        controller.close();
        controller.byobRequest?.respond(0);
      },
    });
  }

  #open(call: string): number {
    if (this.#fd === CLOSED) throw new FsStateError('EBADF', 'file closed', call);
    return this.#fd;
  }
}

disposable(FileHandle.prototype, undefined, 'close');

function invalidState(what: string): FsStateError {
  return new FsStateError('ERR_INVALID_STATE', `Invalid state: ${what}`);
}

/** Gives a signal one turn of the event loop to abort what has just been called. */
export async function untilAbortable(signal: AbortSignal | undefined): Promise<void> {
  checkSignal(signal);
  if (signal === undefined) return;
  await new Promise<void>(later);
  checkSignal(signal);
}

export function isPieces(data: FileContent): data is Pieces {
  if (typeof data !== 'object' || data === null || ArrayBuffer.isView(data)) return false;
  return Symbol.iterator in data || Symbol.asyncIterator in data;
}
