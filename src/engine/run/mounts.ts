/** The mounts of a container: planned when it is created, held while it runs. */

import { forEachSettled } from '../../base/each.js';
import { StratumError } from '../../base/error.js';
import { isJsonObject, type JsonObject } from '../../base/json.js';
import type { RunMountPoint } from '../../build/runtime.js';
import { subtree } from '../../build/subtree.js';
import { layerChanges } from '../../fs/packing.js';
import { UnionFs } from '../../fs/union-fs.js';
import { writeChanges } from '../../fs/write-changes.js';
import { isDirectory, type Tree } from '../../tree/node.js';
import { nodeAt, rootPath } from '../../tree/root-path.js';
import { tmpfs, volume } from '../../union/mount-sources.js';
import type { MountSource } from '../../union/mounts/source.js';
import type { EngineContext } from '../context.js';
import type { HeldFiles } from '../kept-files.js';
import type { ContainerMount } from '../records.js';
import { Volumes } from '../volumes.js';
import { containerHost } from './control.js';

const PERMISSIONS = 0o7777;

export interface HeldMounts {
  readonly points: readonly RunMountPoint[];
  /** Keeps what was written. */
  release(): Promise<void>;
}

/**
 * What was asked for, and a volume without a name for each VOLUME of the config that nothing else covers; volumes that
 * are named are made where they are missing. Fails with USAGE.
 */
export async function planMounts(
  context: EngineContext,
  asked: readonly ContainerMount[],
  config: JsonObject,
): Promise<ContainerMount[]> {
  const declared = isJsonObject(config['Volumes']) ? Object.keys(config['Volumes']) : [];
  const all = [...asked, ...declared.map((target): ContainerMount => ({ type: 'volume', target }))];
  const byTarget = new Map<string, ContainerMount>();
  for (const mount of all) {
    const target = cleanTarget(mount.target);
    if (!byTarget.has(target)) byTarget.set(target, { ...mount, target });
    else if (asked.includes(mount)) throw new StratumError('USAGE', `duplicate mount point: ${target}`);
  }
  const planned: ContainerMount[] = [];
  for (const mount of byTarget.values()) planned.push(await withVolume(context, mount));
  return planned;
}

/** Lays the mounts out; volumes that are new begin with what the image has at their place. */
export async function holdMounts(
  context: EngineContext,
  mounts: readonly ContainerMount[],
  image: Tree,
): Promise<HeldMounts> {
  const held: HeldFiles[] = [];
  const release = (): Promise<void> => forEachSettled(held, (each) => each.release());
  try {
    const points: RunMountPoint[] = [];
    // A mount inside another comes after it.
    const sorted = [...mounts].sort((a, b) => a.target.split('/').length - b.target.split('/').length);
    for (const mount of sorted) {
      const source = await sourceOf(context, mount, { image, held });
      points.push({ target: mount.target, source, readOnly: mount.readOnly === true });
    }
    return { points, release };
  } catch (error) {
    await release();
    throw error;
  }
}

async function withVolume(context: EngineContext, mount: ContainerMount): Promise<ContainerMount> {
  if (mount.type !== 'volume') return mount;
  const { source: name } = mount;
  return { ...mount, source: await new Volumes(context).ensure(name === undefined ? {} : { name }) };
}

function cleanTarget(target: string): string {
  const names = target.split('/').filter((name) => name !== '' && name !== '.');
  if (!target.startsWith('/') || names.length === 0 || names.includes('..')) {
    throw new StratumError(
      'USAGE',
      `invalid mount target ${JSON.stringify(target)}: an absolute path below / is wanted`,
    );
  }
  return `/${names.join('/')}`;
}

async function sourceOf(
  context: EngineContext,
  mount: ContainerMount,
  { image, held }: { readonly image: Tree; readonly held: HeldFiles[] },
): Promise<MountSource> {
  const { type, source = '', sizeBytes, mode } = mount;
  if (type === 'tmpfs') {
    return tmpfs({ ...(sizeBytes !== undefined && { size: sizeBytes }), ...(mode !== undefined && { mode }) });
  }
  if (type === 'bind') {
    const host = containerHost.get();
    if (host === undefined) throw new StratumError('UNSUPPORTED', `there is no machine to mount ${source} from`);
    return host.hostPath(source);
  }
  const files = await new Volumes(context).hold(source);
  held.push(files);
  if (mount.noCopy !== true && files.union.fs.readdirSync('/').length === 0) fill(files.union, image, mount.target);
  return volume(files.union);
}

/** What Docker does with a volume that is empty: it begins with what the image has there, owner and mode included. */
function fill(files: UnionFs, image: Tree, target: string): void {
  const path = rootPath(image.root, target, { followLast: true });
  const node = nodeAt(image.root, path);
  if (node === undefined || !isDirectory(node)) return;
  const content = UnionFs.overTree(subtree({ node, path }));
  writeChanges(files.kernel, [...layerChanges(content.view.everything())]);
  files.kernel.chown('/', node.uid, node.gid);
  files.kernel.chmod('/', node.mode & PERMISSIONS);
}
