/** Counts what was compared: calls, and the pairs of a call and its error. */

import type { RunReply } from './messages.js';
import type { Operation } from './operations.js';

export class Coverage {
  operations = 0;
  readonly #pairs: Map<string, number> = new Map();

  add(operations: readonly Operation[], { answers }: RunReply): void {
    this.operations += operations.length;
    for (const [index, [call]] of operations.entries()) {
      const pair = `${call} ${answers[index]?.code ?? 'done'}`;
      this.#pairs.set(pair, (this.#pairs.get(pair) ?? 0) + 1);
    }
  }

  get pairs(): number {
    return this.#pairs.size;
  }

  /** The codes that occurred, sorted. */
  get codes(): string[] {
    return [...new Set([...this.#pairs.keys()].map((pair) => pair.split(' ')[1] ?? ''))].sort();
  }
}
