/** The faces of one fs object; each part is made when one of its calls is first asked for. */

import type { Kernel } from '../union/kernel.js';
import type { PathLike } from './arguments.js';
import { type OpenAsBlobCall, openAsBlob } from './blob.js';
import type { Encoding } from './buffers.js';
import { type CallbackCalls, callbackCalls } from './callbacks.js';
import { type GlobCalls, globCalls, globPromise } from './glob.js';
import { type PromiseCalls, promiseCalls } from './promises.js';
import { type StreamClass, type StreamClasses, streamClasses } from './stream-classes.js';
import type { StreamOptions, StreamSource } from './streams-port.js';
import { type SyncCalls, SyncGroups, syncCalls } from './sync.js';
import { type WatchCall, watch, watchEvents } from './watch.js';
import { type WatchFileCalls, watchFileCalls } from './watch-file.js';
import { WatchQueue } from './watch-queue.js';

/** The fs object as its own calls need it: what a program puts in place of these is used. */
export interface StreamingFs extends StreamSource {
  fsyncSync(fd: number): void;
  readonly ReadStream: StreamClass;
  readonly WriteStream: StreamClass;
}

/** Calls that make a stream, and what else is no part of another face. */
export interface OtherCalls {
  createReadStream(path: PathLike, options?: Encoding | StreamOptions): object;
  createWriteStream(path: PathLike, options?: Encoding | StreamOptions): object;
  readonly watch: WatchCall;
  readonly openAsBlob: OpenAsBlobCall;
}

export class Faces extends SyncGroups {
  readonly #kernel: Kernel;
  readonly #source: StreamingFs;
  #streams: StreamClasses | undefined;
  #sync: SyncCalls | undefined;
  #callbacks: CallbackCalls | undefined;
  #promises: PromiseCalls | undefined;
  #others: OtherCalls | undefined;
  #polls: WatchFileCalls | undefined;
  #globs: GlobCalls | undefined;
  #queue: WatchQueue | undefined;

  /** `source` is the fs object itself: streams work through whatever a program puts in place of its calls. */
  constructor(kernel: Kernel, random: () => number, source: StreamingFs) {
    super(kernel, random, (fd) => source.fsyncSync(fd));
    this.#kernel = kernel;
    this.#source = source;
  }

  get streams(): StreamClasses {
    this.#streams ??= streamClasses(() => this.#source);
    return this.#streams;
  }

  get callbacks(): CallbackCalls {
    this.#callbacks ??= callbackCalls(this.#allSync, (fd, callback) => this.#source.fsync(fd, callback));
    return this.#callbacks;
  }

  get promises(): PromiseCalls {
    this.#promises ??= promiseCalls(this.#allSync, this.streams, {
      watch: (path, given) => watchEvents(this.#kernel, this.#events, path, given),
      glob: globPromise(this.#kernel),
    });
    return this.#promises;
  }

  get polls(): WatchFileCalls {
    this.#polls ??= watchFileCalls(this.#kernel);
    return this.#polls;
  }

  get globs(): GlobCalls {
    this.#globs ??= globCalls(this.#kernel);
    return this.#globs;
  }

  get others(): OtherCalls {
    this.#others ??= this.#makeOthers();
    return this.#others;
  }

  get #allSync(): SyncCalls {
    this.#sync ??= syncCalls(this);
    return this.#sync;
  }

  get #events(): WatchQueue {
    this.#queue ??= new WatchQueue(this.#kernel);
    return this.#queue;
  }

  #makeOthers(): OtherCalls {
    const source = this.#source;
    return {
      // Functions and no arrows: there are programs that put `new` before them.
      createReadStream: function createReadStream(path, given) {
        return new source.ReadStream(path, given);
      },
      createWriteStream: function createWriteStream(path, given) {
        return new source.WriteStream(path, given);
      },
      watch: (path, given, listener) => watch(this.#kernel, this.#events, path, given, listener),
      openAsBlob: (path, given) => openAsBlob(this.#kernel, path, given),
    };
  }
}
