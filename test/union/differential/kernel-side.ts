/** The kernel's side of a comparison: starts the process with the mount, and hands sequences to it. */

import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Reply, RunReply, RunRequest } from './messages.js';

const SCRIPT = fileURLToPath(new URL('./kernel-process.ts', import.meta.url));
const TSX = import.meta.resolve('tsx');

export class KernelSide {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Needs root. The mounts are the process's own and go with it. */
  static async start(): Promise<KernelSide> {
    const command = ['--mount', '--propagation', 'private', process.execPath, '--import', TSX, SCRIPT];
    const child = spawn('unshare', command, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    await replyOf<boolean>(child);
    return new KernelSide(child);
  }

  run(request: RunRequest): Promise<RunReply> {
    const reply = replyOf<RunReply>(this.#child);
    this.#child.send(request);
    return reply;
  }

  stop(): void {
    this.#child.disconnect();
  }
}

async function replyOf<T>(child: ChildProcess): Promise<T> {
  const reply = await new Promise<Reply<T>>((resolve, reject) => {
    const ended = (): void => reject(new Error('the process beside the mount ended'));
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      resolve(message as Reply<T>);
    });
  });
  if ('error' in reply) throw new Error(reply.error);
  return reply.ok;
}
