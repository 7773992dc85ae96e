/** Containers of one store reached from another process of the same user: a socket for each that runs. */

import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, realpathSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { StratumError } from '../../base/error.js';
import type { ExecRequest, RunResult } from '../../build/runtime.js';
import type { ContainerControl, ContainerHost } from '../../engine/run/control.js';
import { hostPath } from '../host/source.js';
import { type Message, messagesOf, send } from './messages.js';

type Place = { readonly root: string; readonly id: string };

const NAME_LENGTH = 32;
const PRIVATE = 0o700;

export const socketHost: ContainerHost = {
  async serve(place, control) {
    const path = socketPath(place);
    rmSync(path, { force: true });
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => sockets.delete(socket));
      answer(socket, control).catch(() => socket.destroy());
    });
    await listen(server, path);
    return async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.end();
      });
      rmSync(path, { force: true });
    };
  },
  async reach(place) {
    const socket = await connect(socketPath(place));
    if (socket === undefined) return undefined;
    socket.destroy();
    return new RemoteContainer(socketPath(place));
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
    const socket = await connect(this.#path);
    if (socket === undefined) return;
    await send(socket, { kind: 'wait' });
    for await (const _message of messagesOf(socket)) break;
    socket.destroy();
  }

  async kill(signal: number): Promise<void> {
    const socket = await this.#reach();
    await send(socket, { kind: 'kill', signal });
    for await (const _message of messagesOf(socket)) break;
    socket.destroy();
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

  async #reach(): Promise<Socket> {
    const socket = await connect(this.#path);
    if (socket === undefined) throw new StratumError('CONFLICT', 'the container is not running');
    return socket;
  }
}

async function sendInput(socket: Socket, stdin: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    for await (const chunk of stdin) {
      if (socket.destroyed) return;
      await send(socket, { kind: 'input', data: Buffer.from(chunk).toString('base64') });
    }
    await send(socket, { kind: 'inputEnd' });
  } catch {
    // A command need not read what it is given, and may be over.
  }
}

async function answer(socket: Socket, control: ContainerControl): Promise<void> {
  const messages = messagesOf(socket)[Symbol.asyncIterator]();
  const first = await messages.next();
  if (first.done === true) return;
  const message = first.value;
  if (message.kind === 'wait') await control.wait();
  else if (message.kind === 'kill') await control.kill(message.signal);
  else if (message.kind === 'exec') await answerExec(socket, message, { control, messages });
  else return void socket.destroy();
  if (message.kind !== 'exec') await send(socket, { kind: 'done' });
  socket.end();
}

async function answerExec(
  socket: Socket,
  { argv, env, cwd, user, terminal, hasInput }: Extract<Message, { kind: 'exec' }>,
  { control, messages }: { control: ContainerControl; messages: AsyncIterator<Message, void, undefined> },
): Promise<void> {
  const stop = new AbortController();
  socket.on('close', () => stop.abort());
  const output = (stream: 'stdout' | 'stderr') => (chunk: Uint8Array) => {
    void send(socket, { kind: 'output', stream, data: Buffer.from(chunk).toString('base64') }).catch(() => {});
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
function socketPath({ root, id }: Place): string {
  const { uid, username } = userInfo();
  const directory = join(tmpdir(), `stratum-${uid < 0 ? username : uid}`);
  mkdirSync(directory, { recursive: true, mode: PRIVATE });
  const found = lstatSync(directory);
  if (process.platform !== 'win32' && (!found.isDirectory() || found.uid !== uid || (found.mode & 0o077) !== 0)) {
    throw new StratumError('RUNTIME_FAILED', 'not a directory of this user alone', { file: directory });
  }
  const name = createHash('sha256')
    .update(`${realpathSync(root)}\0${id}`)
    .digest('hex')
    .slice(0, NAME_LENGTH);
  return process.platform === 'win32' ? `\\\\.\\pipe\\stratum-${name}` : join(directory, `${name}.sock`);
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => resolve());
  });
}

/** `undefined` when nobody listens. */
function connect(path: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = createConnection(path);
    socket.once('connect', () => resolve(socket));
    socket.on('error', () => resolve(undefined));
  });
}
