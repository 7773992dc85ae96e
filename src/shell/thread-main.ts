/** A shell in a thread of its own: its files and commands are those of its host, asked for by messages. */

import type { ThreadChannel } from '../base/thread.js';
import type { BashFileSystem } from '../fs/just-bash.js';
import { joined, withoutDots } from '../fs/path-text.js';
import { BashSession, type CallCommand } from './bash.js';
import type { CommandResult } from './command.js';
import { errorOf, FILE_CALLS, type FromThread, plainError, type ToThread } from './thread-messages.js';

/** Answers one host: opens a shell when it is told to, and runs its scripts; the next `open` is another shell. */
export function serve(channel: ThreadChannel): void {
  const send = (message: FromThread): void => channel.send(message);
  const asked = new Map<
    number,
    { readonly answer: (value: unknown) => void; readonly refuse: (error: Error) => void }
  >();
  let last = 0;
  let session: Promise<BashSession> | undefined;

  function ask<T>(message: (id: number) => FromThread): Promise<T> {
    return new Promise((resolve, reject) => {
      const id = ++last;
      asked.set(id, { answer: (value) => resolve(value as T), refuse: reject });
      send(message(id));
    });
  }

  function open({ settings, commands }: Extract<ToThread, { kind: 'open' }>): Promise<BashSession> {
    const call = (name: string): CallCommand => {
      return (args, { cwd, env }) => ask<CommandResult>((id) => ({ kind: 'command', id, name, args, cwd, env }));
    };
    return BashSession.open(settings, {
      files: remoteFiles(ask, send),
      commands: Object.fromEntries(commands.map((name) => [name, call(name)])),
      // A copy: what is small may be a piece of a pool, and a clone would be of all of it.
      output: (stream, bytes) => send({ kind: 'output', stream, bytes: new Uint8Array(bytes) }),
    });
  }

  async function run({ run: wanted }: Extract<ToThread, { kind: 'run' }>): Promise<void> {
    try {
      const shell = await session;
      if (shell !== undefined) send({ kind: 'outcome', outcome: await shell.run(wanted) });
    } catch (error) {
      send({ kind: 'failure', error: plainError(error) });
    }
  }

  channel.onMessage((received) => {
    const message = received as ToThread;
    switch (message.kind) {
      case 'open':
        session = open(message);
        // It is told when the first script is to run.
        session.catch(() => {});
        break;
      case 'run':
        void run(message);
        break;
      case 'answer':
        asked.get(message.id)?.answer(message.value);
        asked.delete(message.id);
        break;
      case 'refusal':
        asked.get(message.id)?.refuse(errorOf(message.error));
        asked.delete(message.id);
        break;
    }
  });
}

type Ask = <T>(message: (id: number) => FromThread) => Promise<T>;

function remoteFiles(ask: Ask, send: (message: FromThread) => void): BashFileSystem {
  const calls = FILE_CALLS.map((name) => [
    name,
    (...args: readonly unknown[]) => ask((id) => ({ kind: 'call', id, name, args })),
  ]);
  return {
    ...(Object.fromEntries(calls) as Omit<BashFileSystem, 'resolvePath' | 'getAllPaths' | 'writeFileSync'>),
    resolvePath: (base, path) => withoutDots(path.startsWith('/') ? path : joined(base, path)),
    getAllPaths: () => [],
    writeFileSync: (path, content) => send({ kind: 'stub', path, content }),
  };
}
