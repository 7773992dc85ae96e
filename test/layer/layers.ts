/** Layers and trees for tests, written as short lines: `d etc`, `f etc/passwd root`, `l bin -> usr/bin`, `h b = a`. */

import { joinBytes, utf8, utf8Text } from '../../src/base/bytes.js';
import { applyChanges } from '../../src/layer/apply.js';
import { Layer } from '../../src/layer/layer.js';
import type { TarHeader } from '../../src/tar/entry.js';
import { type TarMember, writeTar } from '../../src/tar/writer.js';
import { DirectoryNode, FileNode, SymlinkNode, type Tree, type TreeNode } from '../../src/tree/node.js';
import { header } from '../tar/entries.js';

/** One member from its line; fields may change what a line cannot say. */
export function member(line: string, fields: Partial<TarHeader> = {}): TarMember {
  const [kind, rest = ''] = [line.slice(0, 1), line.slice(2)];
  const [path = '', other = ''] = rest.split(/ -> | = | (.*)/s).filter((part) => part !== undefined);
  const body = utf8(kind === 'f' ? other : '');
  const common = { path, mode: kind === 'd' ? 0o755 : 0o644, size: body.length };
  switch (kind) {
    case 'd':
      return { header: header({ ...common, type: 'directory', ...fields }) };
    case 'l':
      return { header: header({ ...common, type: 'symlink', linkname: other, ...fields }) };
    case 'h':
      return { header: header({ ...common, type: 'link', linkname: other, ...fields }) };
    case 'p':
      return { header: header({ ...common, type: 'fifo', ...fields }) };
    default:
      return { header: header({ ...common, ...fields }), body: [body] };
  }
}

export function tarOf(...members: (string | TarMember)[]): Uint8Array {
  return joinBytes([...writeTar(members.map((one) => (typeof one === 'string' ? member(one) : one)))]);
}

export function layerOf(...members: (string | TarMember)[]): Promise<Layer> {
  return Layer.fromTar(tarOf(...members));
}

/** The merged tree of layers given as lists of lines. */
export async function stack(layers: readonly (readonly (string | TarMember)[])[], isolate = false): Promise<Tree> {
  let tree: Tree | undefined;
  for (const lines of layers) {
    const layer = await layerOf(...lines);
    tree = applyChanges(tree, layer.changes, layer.origin, { isolate });
  }
  if (tree === undefined) throw new Error('no layers');
  return tree;
}

/** A tree as lines, sorted, in the notation of {@link member}; hard links are shown as files. */
export function lines(tree: Tree): string[] {
  const out: string[] = [];
  const walk = (path: string, node: TreeNode) => {
    if (node instanceof DirectoryNode) {
      if (path !== '') out.push(`d ${path.slice(1)}`);
      for (const [name, child] of node.children) walk(`${path}/${name}`, child);
    } else if (node instanceof FileNode) out.push(`f ${path.slice(1)} ${text(node)}`.trimEnd());
    else if (node instanceof SymlinkNode) out.push(`l ${path.slice(1)} -> ${node.target}`);
    else out.push(`p ${path.slice(1)}`);
  };
  walk('', tree.root);
  return out.sort();
}

export function text(node: FileNode): string {
  return utf8Text(node.bytes.read(node.offset, node.size)) ?? '?';
}

export function at(tree: Tree, path: string): TreeNode {
  let node: TreeNode = tree.root;
  for (const name of path.split('/').filter(Boolean)) {
    const next: TreeNode | undefined = node instanceof DirectoryNode ? node.children.get(name) : undefined;
    if (next === undefined) throw new Error(`no ${path}`);
    node = next;
  }
  return node;
}
