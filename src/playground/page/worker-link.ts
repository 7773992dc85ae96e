/** The page's end of the worker: asks, waits for answers, and begins anew with another worker when one is stopped. */

import type { Answers, FromWorker, Notice, Request } from '../messages.js';
import type { TroubleView } from '../view.js';

/** What went wrong in the worker, as it told it. */
export class WorkerTrouble extends Error {
  readonly trouble: TroubleView;

  constructor(trouble: TroubleView) {
    super(trouble.text);
    this.trouble = trouble;
  }
}

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

export const STOPPED: TroubleView = { code: 'ABORTED', text: 'stopped' };

export class WorkerLink {
  readonly #make: () => Worker;
  readonly #onNotice: (notice: Notice) => void;
  #worker: Worker;
  #next = 1;
  #waiting: Map<number, Waiting> = new Map();

  constructor(make: () => Worker, onNotice: (notice: Notice) => void) {
    this.#make = make;
    this.#onNotice = onNotice;
    this.#worker = this.#begin();
  }

  ask<K extends Request['ask']>(request: Extract<Request, { readonly ask: K }>): Promise<Answers[K]> {
    const number = this.#next++;
    return new Promise<Answers[K]>((resolve, reject) => {
      this.#waiting.set(number, { resolve: resolve as (value: never) => void, reject });
      this.#worker.postMessage({ ...request, number });
    });
  }

  /** Ends the worker, whatever it does; everybody who waits is told. The next one knows nothing yet. */
  restart(): void {
    this.#worker.terminate();
    const waiting = [...this.#waiting.values()];
    this.#waiting = new Map();
    this.#worker = this.#begin();
    for (const { reject } of waiting) reject(new WorkerTrouble(STOPPED));
  }

  #begin(): Worker {
    const worker = this.#make();
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if ('notice' in data) {
        this.#onNotice(data);
        return;
      }
      const waiting = this.#waiting.get(data.number);
      this.#waiting.delete(data.number);
      if ('trouble' in data) waiting?.reject(new WorkerTrouble(data.trouble));
      else waiting?.resolve(data.answer as never);
    };
    worker.onerror = (event) => {
      const error = new WorkerTrouble({ code: 'UNKNOWN', text: event.message || 'the worker failed' });
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
    };
    return worker;
  }
}
