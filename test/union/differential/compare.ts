/** Holds what two sides answered against each other. */

import { Canonical } from './canonical.js';
import type { Judge, RunReply } from './messages.js';
import type { Operation } from './operations.js';
import type { Answer } from './perform.js';

/** Where two sides part first: after which operation, and what each said. */
export interface Divergence {
  readonly operation: Operation | 'the tree at the end' | 'extended attributes';
  readonly ours: string;
  readonly kernel: string;
}

export function firstDivergence(
  judge: Judge,
  operations: readonly Operation[],
  ours: RunReply,
  kernel: RunReply,
): Divergence | undefined {
  // overlayfs gives what it copies up a new ctime, though nothing changed.
  const options = { ctimes: kernel.hasFineClock && judge === 'plain' };
  const [left, right] = [new Canonical(options), new Canonical(options)];
  for (const [index, operation] of operations.entries()) {
    const a = ours.answers[index];
    const theirs = kernel.answers[index];
    const b = judge === 'overlay' ? withoutLowerLinks(theirs, a) : theirs;
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

/** Of an open lower file that has no name any more, overlayfs tells the links that it has in the layer. */
export function withoutLowerLinks(kernel: Answer | undefined, ours: Answer | undefined): Answer | undefined {
  if (kernel === undefined) return undefined;
  const sightings = kernel.sightings.map((seen, index) => {
    const other = ours?.sightings[index];
    const isUnlinked = typeof other === 'object' && other.nlink === 0;
    return isUnlinked && typeof seen === 'object' ? { ...seen, nlink: 0 } : seen;
  });
  return { ...kernel, sightings };
}

function sortedBlocks(text: string): string {
  return text.split('\n\n').sort().join('\n\n').trim();
}
