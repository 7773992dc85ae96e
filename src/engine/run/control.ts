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
  /** Answers for a container of the store `root` until the function is called. */
  serve(place: { readonly root: string; readonly id: string }, control: ContainerControl): Promise<() => Promise<void>>;
  /** `undefined` when no process answers for it. */
  reach(place: { readonly root: string; readonly id: string }): Promise<ContainerControl | undefined>;
  /** A directory or file of the machine, to be mounted; fails as node:fs does. */
  hostPath(path: string): Promise<MountSource>;
}

/** A browser has none. */
export const containerHost: Port<ContainerHost | undefined> = createPort<ContainerHost | undefined>(undefined);
