/** Verbs on containers: create, find, list, remove, compare, export. */

import { isStratumError, StratumError } from '../base/error.js';
import type { JsonObject } from '../base/json.js';
import { type ByteStream, byteStream } from '../base/stream.js';
import { layerChanges } from '../fs/packing.js';
import { UnionFs } from '../fs/union-fs.js';
import { readImage } from '../image/image.js';
import { parsePlatform } from '../image/platform.js';
import { encodeChanges } from '../layer/encode.js';
import { diffTrees, treeReader } from '../tree/diff.js';
import { commandOf, imageOf } from './commit.js';
import { applyConfigChanges } from './config-changes.js';
import { Container, enterContainer } from './container.js';
import { openUnion } from './container-files.js';
import type { EngineContext } from './context.js';
import { isContainerName } from './ids.js';
import { findImage } from './images.js';
import type { Change, ContainerSummary, CreateOptions } from './records.js';
import { hostConfig, mountsText, stateText } from './run/inspect.js';
import { planMounts } from './run/mounts.js';
import type { ContainerRecord } from './state.js';

export async function createContainer(context: EngineContext, ref: string, options: CreateOptions): Promise<Container> {
  const { name } = options;
  if (name !== undefined) await checkName(context, name);
  const { tagged, image: chosen } = await findImage(context, ref);
  const platform = options.platform === undefined ? undefined : parsePlatform(options.platform);
  const image = platform === undefined ? chosen : await readImage(context.blobs, tagged.descriptor, { platform });
  const union = UnionFs.overTree(await context.treeOf(image, { content: options.content ?? true }));
  const from = {
    image: ref,
    imageId: image.id,
    manifest: tagged.descriptor.digest,
    changes: options.changes ?? {},
    mounts: await planMounts(
      context,
      options.mounts ?? [],
      applyConfigChanges(image.config.config, options.changes ?? {}),
    ),
    settings: options.settings ?? {},
    upperBytes: 0,
  };
  return enterContainer(context, from, union, name);
}

/** Finds a container by name, id or the beginning of one; fails with CONTAINER_UNKNOWN. */
export async function findContainer(context: EngineContext, text: string): Promise<ContainerRecord> {
  const all = Object.values((await context.state.read()).containers);
  const named = all.find(({ name, id }) => name === text || id === text);
  if (named !== undefined) return named;
  const hits = all.filter(({ id }) => text !== '' && id.startsWith(text));
  const [hit] = hits;
  if (hit !== undefined && hits.length === 1) return hit;
  const what = hit === undefined ? `no such container: ${text}` : `several containers begin with ${text}`;
  throw new StratumError('CONTAINER_UNKNOWN', what);
}

/** The container with its file system; one process has one of each. */
export async function openContainer(
  context: EngineContext,
  text: string,
  options: { readonly content?: boolean } = {},
): Promise<Container> {
  const record = await findContainer(context, text);
  const image = await imageOf(context, record);
  const base = await context.treeOf(image, { content: options.content ?? true });
  const known = context.open.get(record.id);
  if (known !== undefined) return new Container(context, record, known.union);
  const container = new Container(context, record, await openUnion(context, record.id, base));
  context.open.set(record.id, container);
  return container;
}

export async function listContainers(context: EngineContext): Promise<ContainerSummary[]> {
  const all = Object.values((await context.state.read()).containers);
  const sorted = all.sort((a, b) => b.created.localeCompare(a.created) || a.name.localeCompare(b.name));
  return Promise.all(sorted.map((record) => summary(context, record)));
}

/** What a container changed, or what makes the second image of the first; parents of changes count as changed. */
export async function diff(context: EngineContext, first: string, second?: string): Promise<Change[]> {
  if (second !== undefined) return diffImages(context, first, second);
  try {
    return withParents((await openContainer(context, first, { content: false })).changes());
  } catch (error) {
    if (isStratumError(error, 'CONTAINER_UNKNOWN'))
      throw new StratumError(error.code, `${error.message} (an image is compared with a second one)`);
    throw error;
  }
}

/** The merged file system of a container as a tar. */
export async function* exportContainer(context: EngineContext, text: string): ByteStream {
  const { union } = await openContainer(context, text);
  yield* byteStream(encodeChanges(layerChanges(union.view.everything())));
}

export async function inspectContainer(context: EngineContext, text: string): Promise<JsonObject> {
  const record = await findContainer(context, text);
  const image = await imageOf(context, record);
  const config = applyConfigChanges(image.config.config, record.changes);
  const [path = '', ...args] = commandOf(config).split(' ');
  return {
    Id: record.id,
    Created: record.created,
    Path: path,
    Args: args,
    State: stateText(record.state),
    Image: record.imageId,
    Name: `/${record.name}`,
    SizeRw: record.upperBytes,
    Mounts: mountsText(record.mounts ?? []),
    HostConfig: hostConfig(record.settings ?? {}),
    Config: { ...config, Image: record.image },
    GraphDriver: { Name: 'stratum', Data: { DiffIDs: image.config.diffIds } },
  };
}

/** The lines that Docker prints: every directory above a change is changed too, the root excepted. */
export function withParents(changes: readonly Change[]): Change[] {
  const lines = new Map<string, Change>();
  for (const change of changes) {
    if (change.path === '/') continue;
    for (let slash = change.path.indexOf('/', 1); slash !== -1; slash = change.path.indexOf('/', slash + 1)) {
      const path = change.path.slice(0, slash);
      if (!lines.has(path)) lines.set(path, { kind: 'modify', path });
    }
    lines.set(change.path, change);
  }
  return [...lines.values()];
}

async function diffImages(context: EngineContext, first: string, second: string): Promise<Change[]> {
  const [before, after] = [await findImage(context, first), await findImage(context, second)];
  const compare = async (content: boolean): Promise<Change[]> => {
    const trees = [
      await context.treeOf(before.image, { content }),
      await context.treeOf(after.image, { content }),
    ] as const;
    return diffTrees(trees[0], treeReader(trees[0], trees[1])).map(({ kind, path }) => ({ kind, path }));
  };
  try {
    return withParents(await compare(false));
  } catch (error) {
    // Only files of one size and time that lie in different layers need their content read.
    if (!isStratumError(error, 'UNSUPPORTED')) throw error;
    return withParents(await compare(true));
  }
}

async function checkName(context: EngineContext, name: string): Promise<void> {
  if (!isContainerName(name)) {
    throw new StratumError(
      'NAME_INVALID',
      `invalid container name ${JSON.stringify(name)}: only [a-zA-Z0-9][a-zA-Z0-9_.-]* is allowed`,
    );
  }
  const { containers } = await context.state.read();
  const user = Object.values(containers).find((container) => container.name === name);
  if (user !== undefined)
    throw new StratumError('CONFLICT', `the name ${name} is in use by container ${user.id.slice(0, 12)}`);
}

async function summary(context: EngineContext, record: ContainerRecord): Promise<ContainerSummary> {
  const { id, name, image, imageId, created } = record;
  const config = await imageOf(context, record).then(
    (found) => found.config.config,
    () => ({}),
  );
  const command = commandOf(applyConfigChanges(config, record.changes));
  const { state = { status: 'created' }, settings = {} } = record;
  return { id, name, image, imageId, created, command, state, ports: settings.ports ?? [] };
}
