/** A worker of a browser as the thread of a shell (HTML, "Web workers"). */

import type { Thread } from '../base/thread.js';
import { serve } from './thread-main.js';

/** What a Worker has, as far as it is needed here. */
export interface WorkerLike {
  postMessage(message: unknown): void;
  terminate(): void;
  onmessage: ((event: MessageEvent) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

/** What a worker has of itself, as far as it is needed here. */
export interface WorkerScope {
  postMessage(message: unknown): void;
  onmessage: ((event: MessageEvent) => void) | null;
}

/** The one thing that the worker of `shellRuntime({ worker })` has to call: `serveShell(self)`. */
export function serveShell(scope: WorkerScope): void {
  serve({
    send: (message) => scope.postMessage(message),
    onMessage: (listener) => {
      scope.onmessage = ({ data }) => listener(data);
    },
  });
}

export function workerThread(worker: WorkerLike): Thread {
  return {
    send: (message) => worker.postMessage(message),
    onMessage: (listener) => {
      worker.onmessage = ({ data }) => listener(data);
    },
    onFailure: (listener) => {
      worker.onerror = ({ message }) => listener(new Error(message));
    },
    hold: () => {},
    end: () => worker.terminate(),
  };
}
