/** Opens the store of the command line: the engine on a directory, with Node's hashing and compression. */

import type { Engine } from '../engine/engine.js';
import { Engine as NodeEngine } from '../index.js';

export function openStore(root: string, platform: string | undefined): Promise<Engine> {
  return NodeEngine.open(platform === undefined ? { root } : { root, platform });
}
