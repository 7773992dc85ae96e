/** The host of a shell that runs in a thread: lends it files and commands, and ends it whatever it does. */

import { StratumError } from '../base/error.js';
import { type Thread, threads } from '../base/thread.js';
import type { BashOutcome, BashPlace, BashRun, BashSettings } from './bash.js';
import { errorOf, type FileCall, type FromThread, plainError, type ToThread } from './thread-messages.js';

/** Seen from this folder and from that of the bundled command line alike. */
const MODULE = new URL('../shell/thread-main.js', import.meta.url);
/** Threads that wait for their next shell: to start one takes longer than most scripts. */
const IDLE_LIMIT = 2;

/** Where shells get their threads, and leave them. */
export class ThreadPool {
  readonly #start: () => Thread | undefined;
  readonly #idle: Set<Thread> = new Set();

  constructor(start: () => Thread | undefined) {
    this.#start = start;
  }

  /** One that waited, or a new one; undefined where there are none. */
  take(): Thread | undefined {
    const [waiting] = this.#idle;
    if (waiting === undefined) return this.#start();
    this.#idle.delete(waiting);
    return waiting;
  }

  give(thread: Thread): void {
    if (this.#idle.size >= IDLE_LIMIT) {
      thread.end();
      return;
    }
    thread.onMessage(() => {});
    thread.onFailure(() => this.#idle.delete(thread));
    thread.hold(false);
    this.#idle.add(thread);
  }
}

/** The platform's own. */
export const ownThreads: ThreadPool = new ThreadPool(() => threads.get()?.(MODULE));

export interface TakenThread {
  readonly thread: Thread;
  /** Where it goes afterwards. */
  readonly pool: ThreadPool;
}

let lastShell = 0;

export class ThreadedBash {
  readonly #shell: number = ++lastShell;
  readonly #thread: Thread;
  readonly #pool: ThreadPool;
  readonly #place: BashPlace;
  #isOver = false;
  #tell: { readonly resolve: (outcome: BashOutcome) => void; readonly reject: (error: Error) => void } | undefined;

  /** The thread is the shell's until it is closed. */
  constructor({ thread, pool }: TakenThread, settings: BashSettings, place: BashPlace) {
    this.#thread = thread;
    this.#pool = pool;
    this.#place = place;
    thread.hold(true);
    thread.onMessage((message) => this.#receive(message as FromThread));
    thread.onFailure((cause) => {
      this.#isOver = true;
      this.#tell?.reject(new StratumError('RUNTIME_FAILED', `the shell failed: ${cause.message}`, { cause }));
    });
    this.#send({ kind: 'open', shell: this.#shell, settings, commands: Object.keys(place.commands) });
  }

  /** Runs a script; aborted, the thread is ended at once, and `undefined` is what came of it. */
  async run(run: BashRun, signal: AbortSignal): Promise<BashOutcome | undefined> {
    if (this.#isOver || signal.aborted) return undefined;
    const done = new Promise<BashOutcome>((resolve, reject) => {
      this.#tell = { resolve, reject };
    });
    let stop: () => void = () => {};
    const stopped = new Promise<undefined>((resolve) => {
      stop = () => {
        this.#end();
        resolve(undefined);
      };
    });
    signal.addEventListener('abort', stop, { once: true });
    this.#send({ kind: 'run', run });
    try {
      return await Promise.race([done, stopped]);
    } finally {
      signal.removeEventListener('abort', stop);
      this.#tell = undefined;
    }
  }

  /** Gives the thread back, for another shell. */
  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#pool.give(this.#thread);
  }

  #end(): void {
    this.#isOver = true;
    this.#thread.end();
  }

  #send(message: ToThread): void {
    this.#thread.send(message);
  }

  #receive(message: FromThread): void {
    if (this.#isOver || message.shell !== this.#shell) return;
    switch (message.kind) {
      case 'call':
        void this.#answer(message.id, this.#call(message.name, message.args));
        break;
      case 'command':
        void this.#answer(message.id, this.#command(message));
        break;
      case 'stub':
        this.#place.files.writeFileSync(message.path, message.content);
        break;
      case 'output':
        this.#place.output(message.stream, message.bytes);
        break;
      case 'outcome':
        this.#tell?.resolve(message.outcome);
        break;
      case 'failure':
        this.#tell?.reject(asOurs(errorOf(message.error)));
        break;
    }
  }

  async #answer(id: number, work: Promise<unknown>): Promise<void> {
    let message: ToThread;
    try {
      message = { kind: 'answer', id, value: await work };
    } catch (error) {
      message = { kind: 'refusal', id, error: plainError(error) };
    }
    if (!this.#isOver) this.#send(message);
  }

  async #call(name: FileCall, args: readonly unknown[]): Promise<unknown> {
    const call = this.#place.files[name] as (...args: readonly unknown[]) => Promise<unknown>;
    const value = await call(...args);
    // A clone of a view is one of all that it is a view of: of a layer, say.
    return value instanceof Uint8Array ? new Uint8Array(value) : value;
  }

  async #command({ name, args, cwd, env }: Extract<FromThread, { kind: 'command' }>): Promise<unknown> {
    const call = this.#place.commands[name];
    if (call === undefined) throw new StratumError('RUNTIME_FAILED', `no command ${name}`);
    return call(args, { cwd, env });
  }
}

/** An error that was one of ours before it was cloned. */
function asOurs(error: Error): Error {
  const { code } = error as { readonly code?: unknown };
  return code === 'UNSUPPORTED' ? new StratumError('UNSUPPORTED', error.message) : error;
}
