/** What ends a command before it ends itself. */

const SIGKILL = 9;
const SIGNALLED = 128;
/** Signals that end nobody who does not ask for them: CHLD, CONT, URG, WINCH. */
const HARMLESS: ReadonlySet<number> = new Set([17, 18, 23, 28]);

export class Stop {
  readonly #controller: AbortController = new AbortController();
  #signal = SIGKILL;

  /** Any of the signals that are given is a SIGKILL. */
  constructor(signals: readonly (AbortSignal | undefined)[]) {
    for (const signal of signals) {
      if (signal?.aborted === true) this.by(SIGKILL);
      signal?.addEventListener('abort', () => this.by(SIGKILL), { once: true });
    }
  }

  /** A simulated command handles no signal: each that is not harmless ends it. */
  by(signal: number): void {
    if (HARMLESS.has(signal) || this.signal.aborted) return;
    this.#signal = signal;
    this.#controller.abort();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** 128 + n. */
  get exitCode(): number {
    return SIGNALLED + this.#signal;
  }
}
