/** Containers of one store reached from another process of the same user: a socket for each that runs. */

import { randomUUID } from 'node:crypto';
import { lstatSync, mkdirSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { isStratumError, StratumError } from '../../base/error.js';
import type { ExecRequest, RunResult } from '../../build/runtime.js';
import type { ContainerControl, ContainerHost } from '../../engine/run/control.js';
import { hostPath } from '../host/source.js';
import { type Message, messagesOf, PIECE_BYTES, send } from './messages.js';

const PRIVATE = 0o700;

export const socketHost: ContainerHost = {
  async serve(control) {
    const address = newAddress();
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => sockets.delete(socket));
      answer(socket, control).catch(() => socket.destroy());
    });
    await listen(server, address);
    return {
      address,
      close: () =>
        new Promise((resolve) => {
          // The server takes its socket away itself.
          server.close(() => resolve());
          for (const socket of sockets) socket.end();
        }),
    };
  },
  async reach(address) {
    try {
      (await connect(address)).destroy();
    } catch (error) {
      // What else goes wrong, such as a socket of another user's, does not mean that nobody is there.
      if (isGone(error)) return undefined;
    }
    return new RemoteContainer(address);
  },
  async hostPath(path) {
    return hostPath(path);
  },
};

class RemoteContainer implements ContainerControl {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  async wait(): Promise<void> {
    try {
      await this.#ask({ kind: 'wait' });
    } catch (error) {
      if (!isStratumError(error, 'CONFLICT')) throw error;
    }
  }

  async kill(signal: number): Promise<void> {
    await this.#ask({ kind: 'kill', signal });
  }

  async exec(request: ExecRequest): Promise<RunResult> {
    const socket = await this.#reach();
    const { argv, env, cwd, user, terminal = false, stdin, signal } = request;
    const stop = (): void => {
      socket.destroy();
    };
    signal?.addEventListener('abort', stop, { once: true });
    try {
      await send(socket, { kind: 'exec', argv, env, cwd, user, terminal, hasInput: stdin !== undefined });
      if (stdin !== undefined) void sendInput(socket, stdin);
      for await (const message of messagesOf(socket)) {
        if (message.kind === 'output') request[message.stream](Buffer.from(message.data, 'base64'));
        else if (message.kind === 'exit') return { exitCode: message.exitCode };
        else if (message.kind === 'error') throw new StratumError('RUNTIME_FAILED', message.text);
      }
    } finally {
      signal?.removeEventListener('abort', stop);
      socket.destroy();
    }
    if (signal?.aborted === true) return { exitCode: 137 };
    throw new StratumError('RUNTIME_FAILED', 'the container ended before the command did');
  }

  /** Resolves when it is answered, or the container has ended. */
  async #ask(message: Message): Promise<void> {
    const socket = await this.#reach();
    try {
      await send(socket, message);
      for await (const _answer of messagesOf(socket)) break;
    } finally {
      socket.destroy();
    }
  }

  async #reach(): Promise<Socket> {
    try {
      return await connect(this.#path);
    } catch (cause) {
      if (isGone(cause)) throw new StratumError('CONFLICT', 'the container is not running', { cause });
      throw new StratumError('RUNTIME_FAILED', `cannot reach the container: ${(cause as Error).message}`, { cause });
    }
  }
}

async function sendInput(socket: Socket, stdin: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    for await (const chunk of stdin) {
      if (socket.destroyed) return;
      for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
        await send(socket, {
          kind: 'input',
          data: Buffer.from(chunk.subarray(at, at + PIECE_BYTES)).toString('base64'),
        });
      }
    }
    await send(socket, { kind: 'inputEnd' });
  } catch {
    // A command need not read what it is given, and may be over.
  }
}

async function answer(socket: Socket, control: ContainerControl): Promise<void> {
  const messages = messagesOf(socket);
  const first = await messages.next();
  if (first.done === true) return;
  const message = first.value;
  if (message.kind === 'exec') await answerExec(socket, message, { control, messages });
  else if (message.kind === 'kill') await control.kill(message.signal);
  else if (message.kind === 'wait') await control.wait();
  if (message.kind === 'kill' || message.kind === 'wait') await send(socket, { kind: 'done' });
  socket.end();
}

async function answerExec(
  socket: Socket,
  { argv, env, cwd, user, terminal, hasInput }: Extract<Message, { kind: 'exec' }>,
  { control, messages }: { control: ContainerControl; messages: AsyncGenerator<Message, void, undefined> },
): Promise<void> {
  const stop = new AbortController();
  socket.on('close', () => stop.abort());
  const output = (stream: 'stdout' | 'stderr') => (chunk: Uint8Array) => {
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
      const data = Buffer.from(chunk.subarray(at, at + PIECE_BYTES)).toString('base64');
      void send(socket, { kind: 'output', stream, data }).catch(() => {});
    }
  };
  try {
    const { exitCode } = await control.exec({
      argv,
      env,
      cwd,
      user,
      terminal,
      signal: stop.signal,
      stdout: output('stdout'),
      stderr: output('stderr'),
      ...(hasInput && { stdin: inputOf(messages) }),
    });
    await send(socket, { kind: 'exit', exitCode });
  } catch (error) {
    await send(socket, { kind: 'error', text: error instanceof Error ? error.message : String(error) });
  }
}

async function* inputOf(
  messages: AsyncIterator<Message, void, undefined>,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (;;) {
    const next = await messages.next();
    if (next.done === true || next.value.kind !== 'input') return;
    yield Buffer.from(next.value.data, 'base64');
  }
}

/** In a directory that is ours alone: who reaches a socket may run commands. */
function newAddress(): string {
  const name = `stratum-${randomUUID()}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\${name}`;
  const { uid } = userInfo();
  const directory = join(tmpdir(), `stratum-${uid}`);
  mkdirSync(directory, { recursive: true, mode: PRIVATE });
  const found = lstatSync(directory);
  if (found.isDirectory() && found.uid === uid && (found.mode & 0o077) === 0) return join(directory, `${name}.sock`);
  throw new StratumError('RUNTIME_FAILED', 'not a directory of this user alone', { file: directory });
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => resolve());
  });
}

function connect(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path);
    socket.once('connect', () => resolve(socket));
    // Stays, for what goes wrong later: reading and writing tell it.
    socket.on('error', reject);
  });
}

/** True when nobody listens at an address any more. */
function isGone(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  return code === 'ENOENT' || code === 'ECONNREFUSED';
}
