/** The streams of a container that runs here: what it prints goes out, what comes in is passed on. */

import type { Io } from '../io.js';
import { write } from '../io.js';

export class Piping {
  readonly #io: Io;
  #written: Promise<void> = Promise.resolve();
  #isOver = false;
  #takesInput = false;

  constructor(io: Io) {
    this.#io = io;
  }

  /** In the order it comes, and no faster than it is read. */
  readonly output = (stream: 'stdout' | 'stderr', chunk: Uint8Array): void => {
    const bytes = chunk.slice();
    this.#written = this.#written.then(() => write(this.#io[stream], bytes));
    this.#written.catch(() => {});
  };

  /** Standard input, until it ends or the container does. */
  async *input(): AsyncGenerator<Uint8Array, void, undefined> {
    this.#takesInput = true;
    try {
      for await (const chunk of this.#io.stdin) {
        if (this.#isOver) return;
        yield chunk;
      }
    } catch (error) {
      // Closing it is how we end it.
      if (!this.#isOver) throw error;
    }
  }

  /** Resolves when everything is written; an input that nobody reads any more must not keep the process. */
  async close(): Promise<void> {
    this.#isOver = true;
    if (this.#takesInput) (this.#io.stdin as { destroy?: () => void }).destroy?.();
    await this.#written;
  }
}
