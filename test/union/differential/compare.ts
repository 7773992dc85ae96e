/** Holds what two sides answered against each other. */

import { Canonical } from './canonical.js';
import type { RunReply } from './messages.js';
import type { Operation } from './operations.js';

/** Where two sides part first: after which operation, and what each said. */
export interface Divergence {
  readonly operation: Operation | 'the tree at the end' | 'extended attributes';
  readonly ours: string;
  readonly kernel: string;
}

export function firstDivergence(
  operations: readonly Operation[],
  ours: RunReply,
  kernel: RunReply,
): Divergence | undefined {
  const [left, right] = [new Canonical(), new Canonical()];
  for (const [index, operation] of operations.entries()) {
    const [a, b] = [ours.answers[index], kernel.answers[index]];
    const texts = { ours: a === undefined ? '' : left.answer(a), kernel: b === undefined ? '' : right.answer(b) };
    if (texts.ours !== texts.kernel) return { operation, ...texts };
  }
  const trees = {
    ours: ours.listing.map((each) => left.sighting(each)).join('\n'),
    kernel: kernel.listing.map((each) => right.sighting(each)).join('\n'),
  };
  if (trees.ours !== trees.kernel) return { operation: 'the tree at the end', ...trees };
  const [a, b] = [sortedBlocks(ours.xattrs), sortedBlocks(kernel.xattrs)];
  return a === b ? undefined : { operation: 'extended attributes', ours: a, kernel: b };
}

function sortedBlocks(text: string): string {
  return text.split('\n\n').sort().join('\n\n').trim();
}
