/** Opens the store of the command line: the engine on a directory, with Node's hashing and compression. */

import type { Engine } from '../engine/engine.js';
import { Engine as NodeEngine } from '../index.js';

export interface StoreOptions {
  readonly root: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** `os/architecture[/variant]`. */
  readonly platform?: string;
}

export function openStore(options: StoreOptions): Promise<Engine> {
  return NodeEngine.open(options);
}
