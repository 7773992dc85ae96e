/** ChainIDs: names of stacks of layers (OCI image-spec, config.md, "Layer ChainID"). */

import { utf8 } from '../base/bytes.js';
import type { ChainID, DiffID } from '../digest/digest.js';
import { digestOf } from '../digest/hasher.js';

/** Names the stack of `below` and one more layer. */
export function chainId(below: ChainID | undefined, diffId: DiffID): ChainID {
  if (below === undefined) return diffId as string as ChainID;
  return digestOf(utf8(`${below} ${diffId}`)) as ChainID;
}

/** The ChainID of every prefix, bottom first. */
export function chainIds(diffIds: readonly DiffID[]): ChainID[] {
  const chain: ChainID[] = [];
  for (const diffId of diffIds) chain.push(chainId(chain.at(-1), diffId));
  return chain;
}
