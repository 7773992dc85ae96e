/** The first module of a thread: imports the one that it was started for, and joins it to the other end. */

import { parentPort, workerData } from 'node:worker_threads';
import type { ThreadChannel } from '../base/thread.js';

interface Served {
  readonly serve: (channel: ThreadChannel) => void;
}

if (parentPort !== null) {
  const port = parentPort;
  const { serve } = (await import(workerData as string)) as Served;
  serve({
    send: (message) => port.postMessage(message),
    onMessage: (listener) => port.on('message', listener),
  });
}
