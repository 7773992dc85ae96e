/** What a container leaves on the shelf: its record, and its upper as a changeset. */

import type { ByteStream } from '../base/stream.js';
import { UnionFs } from '../fs/union-fs.js';
import { applyChanges } from '../layer/apply.js';
import { Layer } from '../layer/layer.js';
import type { Tree } from '../tree/node.js';
import { UPPER } from '../union/upper.js';
import type { EngineContext } from './context.js';
import { removeLog } from './run/log.js';
import { removeUnnamed } from './volumes.js';

export function upperName(id: string): string {
  return `containers/${id}.tar`;
}

/** The container's file system: its image's tree, and the changes that were saved. */
export async function openUnion(context: EngineContext, id: string, base: Tree): Promise<UnionFs> {
  const saved = await context.shelf.read(upperName(id));
  if (saved === undefined) return UnionFs.overTree(base);
  const upper = await Layer.fromTar(saved);
  return UnionFs.overTree(applyChanges(base, upper.changes, UPPER), { base });
}

/** Writes the upper to the shelf; returns its bytes. */
export async function saveUpper(context: EngineContext, id: string, union: UnionFs): Promise<number> {
  const upper = await union.toLayer();
  await context.shelf.write(upperName(id), upper.tar() as ByteStream);
  return upper.size;
}

/** Takes a container away, with its log, and the unnamed volumes that only it mounts if that is asked for. */
export async function removeContainerFiles(
  context: EngineContext,
  id: string,
  options: { readonly volumes?: boolean } = {},
): Promise<void> {
  const { mounts = [] } = (await context.state.read()).containers[id] ?? {};
  await context.shelf.delete(upperName(id));
  await removeLog(context.shelf, id);
  await context.state.update({ type: 'container', action: 'destroy', id }, (containers) => {
    delete containers[id];
  });
  context.open.delete(id);
  if (options.volumes !== true) return;
  await removeUnnamed(
    context,
    mounts.flatMap(({ type, source }) => (type === 'volume' && source !== undefined ? [source] : [])),
  );
}
