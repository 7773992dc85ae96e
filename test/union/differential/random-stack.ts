/** Random layers: small trees over few names, so that layers meet. */

import fc from 'fast-check';
import { type Entry, entriesAbove, entryAt, type Stack } from './stack.js';

type Details = Parameters<typeof entryAt>[3];

/** What a layer has under a name. */
type Node =
  | { readonly kind: 'file'; readonly text: string; readonly details: Details }
  | { readonly kind: 'symlink'; readonly text: string; readonly details: Details }
  | { readonly kind: 'whiteout' }
  | { readonly kind: 'link' }
  | { readonly kind: 'directory'; readonly opaque: boolean; readonly details: Details; readonly names: Names };
type Names = Readonly<Record<string, Node>>;

export interface StackOptions {
  /** Names of one file in a layer. The kernel counts those that a layer above hides, so calls are not made on them. */
  readonly links: boolean;
}

const NAMES = ['a', 'b', 'c', 'd', 'u'];
const MOST_LAYERS = 5;

const owners = fc.constantFrom({}, {}, { uid: 1000, gid: 1000 }, { gid: 2000 });
const xattrs = fc.constantFrom(
  {},
  {},
  {},
  { xattrs: { 'user.note': 'one' } },
  { xattrs: { 'user.a': '1', 'user.b': '2' } },
);
const fileMode = fc.constantFrom({}, { mode: 0o600 }, { mode: 0o666 }, { mode: 0o6755 });
const directoryMode = fc.constantFrom({}, { mode: 0o777 }, { mode: 0o1777 }, { mode: 0o2775 }, { mode: 0o700 });
const details = (mode: fc.Arbitrary<Details>): fc.Arbitrary<Details> =>
  fc.tuple(mode, owners, xattrs).map((parts) => Object.assign({}, ...parts) as Details);

function nodes(options: StackOptions): fc.Arbitrary<Names> {
  const { names } = fc.letrec<{ node: Node; names: Names }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small', maxDepth: 3 },
      fc.record({ kind: fc.constant('file'), text: fc.constantFrom('', 'one', 'two\n'), details: details(fileMode) }),
      fc.record({
        kind: fc.constant('symlink'),
        text: fc.constantFrom('a', '../b', 'b/c', 'nowhere'),
        details: owners.map((owner) => ({ mode: 0o777, ...owner })),
      }),
      fc.constant({ kind: 'whiteout' }),
      ...(options.links ? [fc.constant({ kind: 'link' })] : []),
      fc.record({
        kind: fc.constant('directory'),
        opaque: fc.constantFrom(false, false, true),
        details: details(directoryMode),
        names: tie('names'),
      }),
    ) as fc.Arbitrary<Node>,
    names: fc.dictionary(fc.constantFrom(...NAMES), tie('node') as fc.Arbitrary<Node>, { maxKeys: 4 }),
  }));
  return names;
}

export function randomStack(options: StackOptions): fc.Arbitrary<Stack> {
  return fc.array(nodes(options), { minLength: 1, maxLength: MOST_LAYERS }).map((layers) => layers.map(entriesOf));
}

function entriesOf(names: Names): Entry[] {
  const entries: Entry[] = [...entriesAbove];
  addBelow('', names, entries);
  return entries;
}

function addBelow(path: string, names: Names, entries: Entry[]): void {
  for (const [name, node] of Object.entries(names)) add(`${path}/${name}`, node, entries);
}

function add(path: string, node: Node, entries: Entry[]): void {
  if (node.kind === 'whiteout') entries.push(entryAt('whiteout', path, '', {}));
  else if (node.kind === 'link') {
    const first = entries.find(({ kind }) => kind === 'file');
    if (first !== undefined) entries.push(entryAt('link', path, first.path, {}));
  } else if (node.kind === 'directory') {
    entries.push(entryAt('directory', path, '', node.details));
    if (node.opaque) entries.push(entryAt('opaque', path, '', {}));
    addBelow(path, node.names, entries);
  } else entries.push(entryAt(node.kind, path, node.text, node.details));
}
