/** Opens the store of the command line: the engine on a directory, with Node's hashing and compression. */

import '../node/platform.js';
import { Engine } from '../engine/engine.js';
import type { RegistryClient } from '../registry/client/client.js';

export interface StoreOptions {
  /** In memory without it. */
  readonly root?: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** `os/architecture[/variant]`. */
  readonly platform?: string;
  readonly registries?: RegistryClient;
}

export function openStore(options: StoreOptions): Promise<Engine> {
  return Engine.open(options);
}
