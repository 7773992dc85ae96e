/** A shell in a thread of its own: its files and commands are those of its host, asked for by messages. */

import type { ThreadChannel } from '../base/thread.js';
import type { BashFileSystem } from '../fs/just-bash.js';
import { joined, withoutDots } from '../fs/path-text.js';
import { type BashRun, BashSession, type CallCommand } from './bash.js';
import type { CommandResult } from './command.js';
import { errorOf, FILE_CALLS, type FromThread, plainError, type Told, type ToThread } from './thread-messages.js';

/** Answers one host: opens a shell when it is told to, and runs its scripts; the next `open` is another shell. */
export function serve(channel: ThreadChannel): void {
  let shell: ServedShell | undefined;
  channel.onMessage((received) => {
    const message = received as ToThread;
    if (message.kind === 'open') shell = new ServedShell(channel, message);
    else shell?.receive(message);
  });
}

interface Asked {
  readonly answer: (value: unknown) => void;
  readonly refuse: (error: Error) => void;
}

class ServedShell {
  readonly #channel: ThreadChannel;
  readonly #shell: number;
  readonly #session: Promise<BashSession>;
  readonly #asked: Map<number, Asked> = new Map();
  #last = 0;

  constructor(channel: ThreadChannel, { shell, settings, commands }: Extract<ToThread, { kind: 'open' }>) {
    this.#channel = channel;
    this.#shell = shell;
    const call = (name: string): CallCommand => {
      return (args, { cwd, env }) => this.#ask<CommandResult>((id) => ({ kind: 'command', id, name, args, cwd, env }));
    };
    this.#session = BashSession.open(settings, {
      files: this.#files(),
      commands: Object.fromEntries(commands.map((name) => [name, call(name)])),
      // A copy: what is small may be a piece of a pool, and a clone would be of all of it.
      output: (stream, bytes) => this.#send({ kind: 'output', stream, bytes: new Uint8Array(bytes) }),
    });
    // It is told when the first script is to run.
    this.#session.catch(() => {});
  }

  receive(message: Exclude<ToThread, { kind: 'open' }>): void {
    switch (message.kind) {
      case 'run':
        void this.#run(message.run);
        break;
      case 'answer':
        this.#asked.get(message.id)?.answer(message.value);
        this.#asked.delete(message.id);
        break;
      case 'refusal':
        this.#asked.get(message.id)?.refuse(errorOf(message.error));
        this.#asked.delete(message.id);
        break;
    }
  }

  async #run(run: BashRun): Promise<void> {
    try {
      const session = await this.#session;
      this.#send({ kind: 'outcome', outcome: await session.run(run) });
    } catch (error) {
      this.#send({ kind: 'failure', error: plainError(error) });
    }
  }

  #send(message: Told): void {
    this.#channel.send({ ...message, shell: this.#shell } satisfies FromThread);
  }

  #ask<T>(message: (id: number) => Told): Promise<T> {
    return new Promise((resolve, reject) => {
      const id = ++this.#last;
      this.#asked.set(id, { answer: (value) => resolve(value as T), refuse: reject });
      this.#send(message(id));
    });
  }

  #files(): BashFileSystem {
    const calls = FILE_CALLS.map((name) => [
      name,
      (...args: readonly unknown[]) => this.#ask((id) => ({ kind: 'call', id, name, args })),
    ]);
    return {
      ...(Object.fromEntries(calls) as Omit<BashFileSystem, 'resolvePath' | 'getAllPaths' | 'writeFileSync'>),
      resolvePath: (base, path) => withoutDots(path.startsWith('/') ? path : joined(base, path)),
      getAllPaths: () => [],
      writeFileSync: (path, content) => this.#send({ kind: 'stub', path, content }),
    };
  }
}
