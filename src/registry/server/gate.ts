/** Two ways to pass: many writers at once, or one that clears away, alone. */

export class Gate {
  /** What is passing through now. */
  readonly #passing: Set<Promise<unknown>> = new Set();
  #closed: Promise<void> | undefined;

  /** Work that adds: blobs and what shows them, manifests and what they need. */
  async shared<T>(work: () => Promise<T>): Promise<T> {
    while (this.#closed !== undefined) await this.#closed;
    const passing = work();
    this.#passing.add(passing);
    try {
      return await passing;
    } finally {
      this.#passing.delete(passing);
    }
  }

  /** Work that takes away what it found that nothing needs: while it looks and takes, nothing is added. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    while (this.#closed !== undefined) await this.#closed;
    let open = (): void => {};
    this.#closed = new Promise((resolve) => {
      open = resolve;
    });
    try {
      await Promise.allSettled(this.#passing);
      return await work();
    } finally {
      this.#closed = undefined;
      open();
    }
  }
}

/** One after the other under each name. */
export class Turns {
  readonly #last: Map<string, Promise<unknown>> = new Map();

  take<T>(name: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#last.get(name) ?? Promise.resolve()).then(work, work);
    this.#last.set(name, turn);
    const forget = (): void => {
      if (this.#last.get(name) === turn) this.#last.delete(name);
    };
    turn.then(forget, forget);
    return turn;
  }
}
