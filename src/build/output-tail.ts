/** The end of what a command wrote, for the message when it fails. */

const LIMIT_BYTES = 8 * 1024;
const LINES = 20;

export class OutputTail {
  #chunks: Uint8Array[] = [];
  #bytes = 0;

  add(chunk: Uint8Array): void {
    const kept = chunk.length > LIMIT_BYTES ? chunk.slice(-LIMIT_BYTES) : chunk.slice();
    this.#chunks.push(kept);
    this.#bytes += kept.length;
    while (this.#bytes - (this.#chunks[0]?.length ?? 0) >= LIMIT_BYTES) {
      this.#bytes -= (this.#chunks.shift() as Uint8Array).length;
    }
  }

  /** The last lines. */
  text(): string {
    const decoder = new TextDecoder();
    const text = this.#chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join('');
    return text.trimEnd().split('\n').slice(-LINES).join('\n');
  }
}
