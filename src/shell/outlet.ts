/** Hands output on outside of what just-bash guards: in there, whoever gets it may not even set a timer. */

import type { Output } from './command.js';

type Piece = Parameters<Output>;

export class Outlet {
  readonly #output: Output;
  #waiting: Piece[] = [];
  #wake: () => void = () => {};

  /** To be made where no script runs: what is handed on is handed on as if from here. */
  constructor(output: Output) {
    this.#output = output;
    void this.#pump();
  }

  readonly put: Output = (stream, bytes) => {
    this.#waiting.push([stream, bytes]);
    this.#wake();
  };

  /** Hands on what waits. */
  flush(): void {
    while (this.#waiting.length > 0) {
      const pieces = this.#waiting;
      this.#waiting = [];
      for (const piece of pieces) this.#output(...piece);
    }
  }

  async #pump(): Promise<never> {
    for (;;) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.flush();
    }
  }
}
