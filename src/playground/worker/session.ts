/** A container's shell at its prompt, one line at a time. */

import { utf8 } from '../../base/bytes.js';
import type { Runtime } from '../../build/runtime.js';
import type { Engine } from '../../engine/engine.js';

/** Runs as long as its container does. */
export class Session {
  /** The prompt that it waits at; empty once it has ended. */
  prompt: string = '';
  isOpen: boolean = true;
  readonly #queue: Uint8Array[] = [];
  #take: ((chunk: Uint8Array | undefined) => void) | undefined;
  #tellIdle: () => void = () => {};
  #chunks: string[] = [];
  readonly #decoders: Record<'stdout' | 'stderr', TextDecoder> = {
    stdout: new TextDecoder(),
    stderr: new TextDecoder(),
  };

  /** Starts the container; resolves when its shell waits for a line, or has ended. */
  static async start(engine: Engine, container: string, runtime: Runtime): Promise<{ session: Session; said: string }> {
    const session = new Session();
    const idle = session.#idle();
    const running = await engine.start(container, {
      stdin: session.#lines(),
      runtime,
      onOutput: (stream, chunk) => {
        session.#chunks.push(session.#decoders[stream].decode(chunk, { stream: true }));
      },
    });
    void running.ended.then(() => session.#end());
    await idle;
    return { session, said: session.#said() };
  }

  /** Runs a line; resolves to what it printed. */
  async run(line: string): Promise<string> {
    const idle = this.#idle();
    this.#give(utf8(`${line}\n`));
    await idle;
    return this.#said();
  }

  #idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#tellIdle = resolve;
    });
  }

  /** The shell asks for its next line only when it has done the last one. */
  async *#lines(): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      this.#tellIdle();
      const next = this.#queue.shift() ?? (await new Promise<Uint8Array | undefined>((take) => (this.#take = take)));
      if (next === undefined) return;
      yield next;
    }
  }

  #give(chunk: Uint8Array): void {
    const take = this.#take;
    this.#take = undefined;
    if (take === undefined) this.#queue.push(chunk);
    else take(chunk);
  }

  #end(): void {
    this.isOpen = false;
    this.#tellIdle();
  }

  /** What was printed since it was last asked; the prompt is the last piece of it. */
  #said(): string {
    const chunks = this.#chunks;
    this.#chunks = [];
    this.prompt = this.isOpen ? (chunks.pop() ?? '') : '';
    return chunks.join('');
  }
}
