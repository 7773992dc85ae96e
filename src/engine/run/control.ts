/** Containers as they are reached while they run: in this process, or in another one. */

import { createPort, type Port } from '../../base/port.js';
import type { ExecRequest, RunResult } from '../../build/runtime.js';
import type { MountSource } from '../../union/mounts/source.js';

export interface ContainerControl {
  /** Resolves when the container has ended and everything of it is kept. */
  wait(): Promise<void>;
  /** A signal by its number. */
  kill(signal: number): Promise<void>;
  exec(request: ExecRequest): Promise<RunResult>;
}

/** Lets the processes of one machine that share a store reach each other's containers. */
export interface ContainerHost {
  /** Answers for a container until it is closed; the address is for the store, that others find it. */
  serve(control: ContainerControl): Promise<{ readonly address: string; close(): Promise<void> }>;
  /** `undefined` when nobody answers at the address any more. */
  reach(address: string): Promise<ContainerControl | undefined>;
  /** A directory or file of the machine, to be mounted; fails as node:fs does. */
  hostPath(path: string): Promise<MountSource>;
}

/** A browser has none. */
export const containerHost: Port<ContainerHost | undefined> = createPort<ContainerHost | undefined>(undefined);
