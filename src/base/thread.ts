/** The port of threads: a module that runs beside us, and can be ended whatever it is doing. */

import { createPort, type Port } from './port.js';

/** One end of the line between two threads. What is sent is cloned (HTML, "structured clone"). */
export interface ThreadChannel {
  send(message: unknown): void;
  /** Called with each message; the last listener is the one. */
  onMessage(listener: (message: unknown) => void): void;
}

export interface Thread extends ThreadChannel {
  /** Called when it ended, and nobody asked for that. */
  onFailure(listener: (error: Error) => void): void;
  /** Says whether the process waits for it. */
  hold(isHeld: boolean): void;
  /** Ends it at once, in the middle of a loop as well. */
  end(): void;
}

/**
 * Starts a thread that imports a module and hands its `serve` a channel; undefined where the module cannot be loaded by
 * a thread.
 */
export type StartThread = (module: URL) => Thread | undefined;

/** A browser has none of its own accord: there, who bundles knows where the module is. */
export const threads: Port<StartThread | undefined> = createPort<StartThread | undefined>(undefined);
