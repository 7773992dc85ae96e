/** FSWatcher and StatWatcher: emitters of the platform's own kind, so that in Node they are EventEmitters. */

import { type Emitter, type EmitterClass, emitterClass } from './emitter.js';
import type { Ticker } from './ticker.js';

/** What `watch` gives. Events: `change` (eventType, filename), `close`. */
export interface FSWatcher extends Emitter {
  close(): void;
  /** The process waits for it. */
  ref(): this;
  unref(): this;
}

/** What `watchFile` gives. Events: `change` (current, previous), `stop`. */
export interface StatWatcher extends Emitter {
  stop(): void;
  ref(): this;
  unref(): this;
}

interface WatcherClasses {
  readonly FSWatcher: new (stop: () => void, ticker: Ticker) => FSWatcher;
  readonly StatWatcher: new (ticker: Ticker) => StatWatcher;
}

const made = new WeakMap<EmitterClass, WatcherClasses>();

/** The classes over the emitter that is in use; made once for each. */
export function watcherClasses(): WatcherClasses {
  const Base = emitterClass.get();
  const known = made.get(Base) ?? classesOver(Base);
  made.set(Base, known);
  return known;
}

function classesOver(Base: EmitterClass): WatcherClasses {
  /** Runs until it is stopped, and then says so once. */
  class Watcher extends Base {
    #ticker: Ticker | undefined;

    constructor(ticker: Ticker) {
      super();
      this.#ticker = ticker;
    }

    ref(): this {
      this.#ticker?.ref();
      return this;
    }

    unref(): this {
      this.#ticker?.unref();
      return this;
    }

    /** False where it was stopped before. */
    protected end(event: string): boolean {
      if (this.#ticker === undefined) return false;
      this.#ticker.stop();
      this.#ticker = undefined;
      queueMicrotask(() => this.emit(event));
      return true;
    }
  }

  class FSWatcher extends Watcher {
    readonly #stop: () => void;

    constructor(stop: () => void, ticker: Ticker) {
      super(ticker);
      this.#stop = stop;
    }

    close(): void {
      if (this.end('close')) this.#stop();
    }
  }

  class StatWatcher extends Watcher {
    stop(): void {
      this.end('stop');
    }
  }

  return { FSWatcher, StatWatcher };
}
