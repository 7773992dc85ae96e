/** Threads of Node (worker_threads). */

import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { Thread } from '../base/thread.js';

/** Seen from this folder and from that of the bundled command line alike. */
const MAIN = new URL('../node/thread-main.js', import.meta.url);

export function startThread(module: URL): Thread | undefined {
  // Sources that run without being built are nothing that a thread could load.
  if (!existsSync(MAIN) || !existsSync(module)) return undefined;
  const worker = new Worker(MAIN, { workerData: module.href, execArgv: [] });
  let onMessage: (message: unknown) => void = () => {};
  let onFailure: (error: Error) => void = () => {};
  let isOver = false;
  const fail = (error: Error): void => {
    if (!isOver) onFailure(error);
    isOver = true;
  };
  worker.on('message', (message) => {
    if (!isOver) onMessage(message);
  });
  worker.on('error', (cause) => fail(cause instanceof Error ? cause : new Error(String(cause))));
  worker.on('exit', (code) => fail(new Error(`the thread ended with ${code}`)));
  return {
    send: (message) => worker.postMessage(message),
    onMessage: (listener) => {
      onMessage = listener;
    },
    onFailure: (listener) => {
      onFailure = listener;
    },
    hold: (isHeld) => (isHeld ? worker.ref() : worker.unref()),
    end: () => {
      isOver = true;
      void worker.terminate();
    },
  };
}
