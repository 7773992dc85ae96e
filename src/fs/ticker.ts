/** Repeating timers, which a Node process waits for or does not; elsewhere there is no such difference. */

export interface Ticker {
  ref(): void;
  unref(): void;
  stop(): void;
}

/** The longest time that timers take; beyond it they would fire at once. */
const LONGEST_MS = 0x7fffffff;

type Timer = number | { ref(): void; unref(): void };

export function everyMs(ms: number, task: () => void, persistent: boolean): Ticker {
  const id = setInterval(task, Math.min(ms, LONGEST_MS));
  const timer = id as unknown as Timer; // Node's timers are objects, which its types tell and a browser's do not
  const ticker: Ticker = {
    ref: () => {
      if (typeof timer === 'object') timer.ref();
    },
    unref: () => {
      if (typeof timer === 'object') timer.unref();
    },
    stop: () => clearInterval(id),
  };
  if (!persistent) ticker.unref();
  return ticker;
}

/** Keeps a process running and does nothing else. */
export function hold(persistent: boolean): Ticker {
  return everyMs(LONGEST_MS, () => undefined, persistent);
}
