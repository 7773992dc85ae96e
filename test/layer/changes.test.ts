import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyChanges } from '../../src/layer/apply.js';
import { treeChanges } from '../../src/layer/changes.js';
import { Layer } from '../../src/layer/layer.js';
import { emptyTree } from '../../src/tree/edit.js';
import { DirectoryNode, FileNode, SymlinkNode, type Tree, type TreeNode } from '../../src/tree/node.js';
import { member, stack, text } from './layers.js';

const notation = (before: Tree, after: Tree) =>
  treeChanges(before, after).map(({ kind, path }) =>
    kind === 'whiteout' ? `- ${path}` : kind === 'link' ? `= ${path}` : `+ ${path}`,
  );

describe('the changes between two trees', () => {
  it.each([
    ['nothing', ['f a 1'], ['f a 1'], []],
    ['an added file', ['f a 1'], ['f a 1', 'f b 2'], ['+ /b']],
    ['a changed file', ['f a 1'], ['f a 2'], ['+ /a']],
    ['a removed file', ['f a 1', 'f b'], ['f b'], ['- /a']],
    ['a removed directory, once', ['f d/a 1', 'f b'], ['f b'], ['- /d']],
    ['a file for a directory', ['f d/a 1'], ['f d 1'], ['+ /d']],
    ['a directory for a file', ['f d 1'], ['f d/a 1'], ['+ /d', '+ /d/a']],
    ['a new link, with all its names', ['f a 1', 'f b 2'], ['f a 1', 'f b 2', 'h c = a'], ['+ /a', '= /c']],
    ['a broken link', ['f a 1', 'h b = a'], ['f a 1', 'f b 1'], ['+ /a', '+ /b']],
  ])('%s', async (_, before, after, expected) => {
    expect(notation(await stack([before]), await stack([after]))).toEqual(expected);
  });

  it('make the second tree of the first', async () => {
    await fc.assert(
      fc.asyncProperty(anyTree, anyTree, async (a, b) => {
        const [before, after] = [await stack([a]), await stack([b])];
        const packed = Layer.fromChanges(treeChanges(before, after));
        expect(shape(applyChanges(before, packed.changes, packed.origin))).toEqual(shape(after));
      }),
      { numRuns: 300 },
    );
  });

  it('from nothing are the whole tree', async () => {
    await fc.assert(
      fc.asyncProperty(anyTree, async (a) => {
        const tree = await stack([a]);
        const packed = Layer.fromChanges(treeChanges(emptyTree(), tree));
        expect(shape(applyChanges(undefined, packed.changes, packed.origin))).toEqual(shape(tree));
      }),
    );
  });
});

const names = ['a', 'b', 'c', 'd', 'd/a', 'd/b', 'd/e', 'd/e/a', 'd/e/b', 'f', 'f/a', 'f/d/a'];
const entry = fc
  .tuple(
    fc.constantFrom('d', 'f', 'f', 'l', 'h', 'p'),
    fc.constantFrom(...names),
    fc.constantFrom(...names),
    fc.nat(3),
    fc.nat(2),
  )
  .map(([kind, path, other, content, mtimeSec]) => ({ kind, path, other, content, mtimeSec }));

/** Layers whose links and parents are sound: what a file system can hold. */
const anyTree = fc.array(entry, { maxLength: 12 }).map((entries) => {
  const files = new Set<string>();
  const taken = new Map<string, string>();
  const out = [];
  for (const { kind, path, other, content, mtimeSec } of entries) {
    const parents = path
      .split('/')
      .slice(0, -1)
      .map((_, i, all) => all.slice(0, i + 1).join('/'));
    if (taken.has(path) || parents.some((parent) => (taken.get(parent) ?? 'd') !== 'd')) continue;
    if (kind === 'h' && !files.has(other)) continue;
    if (kind !== 'd' && [...taken.keys()].some((known) => known.startsWith(`${path}/`))) continue;
    for (const parent of parents) taken.set(parent, 'd');
    taken.set(path, kind);
    if (kind === 'f' || kind === 'h') files.add(path);
    const line =
      kind === 'f'
        ? `f ${path} ${content}`
        : kind === 'l'
          ? `l ${path} -> ${other}`
          : kind === 'h'
            ? `h ${path} = ${other}`
            : `${kind} ${path}`;
    out.push(member(line, { mtimeSec }));
  }
  return out;
});

/** Everything about a tree but its inode numbers and where its bytes lie. */
function shape(tree: Tree): unknown {
  const groups = [...tree.links.values()].map((group) => [...group].sort().join(' ')).sort();
  return { root: describeNode(tree.root), groups };
}

function describeNode(node: TreeNode): unknown {
  const { mode, uid, gid, mtimeSec, mtimeNsec } = node;
  const common = { mode, uid, gid, mtimeSec, mtimeNsec };
  if (node instanceof DirectoryNode) {
    const children = [...node.children].sort(([a], [b]) => (a < b ? -1 : 1));
    return { ...common, children: children.map(([name, child]) => [name, describeNode(child)]) };
  }
  if (node instanceof FileNode) return { ...common, content: text(node) };
  return node instanceof SymlinkNode ? { ...common, target: node.target } : common;
}
