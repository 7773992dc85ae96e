/** How a path is looked up: the slabs are asked from the top down until one has an answer. */

import { utf8Text } from '../../base/bytes.js';
import type { Change } from '../../layer/change.js';
import { FileNode } from '../../tree/node.js';
import type { Lookup, LookupStep } from '../messages.js';
import { sizeText } from '../text.js';
import { nodeAt, type Slab } from './slabs.js';

const CONTENT_BYTES = 4096;

export function lookUp(slabs: readonly Slab[], path: string): Lookup {
  const steps: LookupStep[] = [];
  let answer: string | undefined;
  let at = slabs.length - 1;
  for (; at >= 0 && answer === undefined; at--) {
    const slab = slabs[at];
    if (slab === undefined) continue;
    const title = slab.name.kind === 'upper' ? 'the upper' : `layer ${at + 1}`;
    const { verdict, text } = ask(slab, path);
    steps.push({ slab: at, title, verdict, text });
    if (verdict === 'here') answer = `${path} comes from ${title}.`;
    else if (verdict !== 'nothing') answer = `${path} is not there: ${title} takes it away.`;
  }
  if (at >= 0) {
    const title = at === 0 ? 'layer 1' : `layers ${at + 1} to 1`;
    steps.push({ slab: at, title, verdict: 'not asked', text: 'not asked: the answer was found above' });
  }
  const shown = nodeAt(slabs.at(-1)?.tree, path);
  return {
    path,
    steps,
    answer: answer ?? `${path} is in none of them.`,
    content: shown instanceof FileNode ? textOf(shown) : undefined,
  };
}

function textOf(file: FileNode): string {
  const bytes = file.bytes.read(file.offset, Math.min(file.size, CONTENT_BYTES));
  const text = utf8Text(bytes);
  if (text === undefined || text.includes('\0')) return `${sizeText(file.size)} that are no text`;
  return file.size > CONTENT_BYTES ? `${text}…` : text;
}

function ask(slab: Slab, path: string): { readonly verdict: LookupStep['verdict']; readonly text: string } {
  const index = indexOf(slab.changes);
  const own = index.get(path) ?? [];
  const put = own.find(({ kind }) => kind !== 'whiteout' && kind !== 'opaque');
  if (put !== undefined) return { verdict: 'here', text: `here it is: ${putText(put)}` };
  if (own.some(({ kind }) => kind === 'whiteout')) {
    return { verdict: 'whiteout', text: 'a whiteout: the name is gone, whatever is below' };
  }
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
    const above = path.slice(0, end);
    for (const { kind } of index.get(above) ?? []) {
      if (kind === 'opaque') return { verdict: 'opaque', text: `${above} is opaque: nothing below it shows through` };
      if (kind === 'whiteout')
        return { verdict: 'whiteout', text: `a whiteout of ${above}, and so of all that was in it` };
      if (kind !== 'directory') return { verdict: 'replaced', text: `${above} is no directory here` };
    }
  }
  return { verdict: 'nothing', text: 'says nothing of it: ask the next one below' };
}

function putText(change: Change): string {
  switch (change.kind) {
    case 'file':
      return `a file of ${sizeText(change.size)}`;
    case 'link':
      return `another name of ${change.target}`;
    case 'symlink':
      return `a symlink to ${change.target}`;
    case 'directory':
      return 'a directory, laid over those below';
    case 'special':
      return 'a device or a pipe';
    case 'whiteout':
    case 'opaque':
      return 'nothing';
  }
}

const indexes = new WeakMap<readonly Change[], Map<string, Change[]>>();

function indexOf(changes: readonly Change[]): Map<string, Change[]> {
  const known = indexes.get(changes);
  if (known !== undefined) return known;
  const index = new Map<string, Change[]>();
  for (const change of changes) {
    const list = index.get(change.path);
    if (list === undefined) index.set(change.path, [change]);
    else list.push(change);
  }
  indexes.set(changes, index);
  return index;
}
