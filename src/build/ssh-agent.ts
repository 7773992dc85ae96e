/** The port of ssh agents, for `RUN --mount=type=ssh`: a command reaches one by a socket of its own. */

import type { MountSource } from '../union/mounts/source.js';

export interface AgentSocket {
  readonly source: MountSource;
  release(): Promise<void>;
}

export interface SshAgent {
  /** Opens a socket of that mode and owner that leads to the agent. */
  open(rights: { readonly mode: number; readonly uid: number; readonly gid: number }): Promise<AgentSocket>;
}
