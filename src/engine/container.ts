/** A container: an image's tree, a writable layer on top, and the config to run with. */

import type { Digest } from '../digest/digest.js';
import type { Fs } from '../fs/create-fs.js';
import type { UnionFs } from '../fs/union-fs.js';
import { type CommittedImage, commitContainer } from './commit.js';
import { saveUpper } from './container-files.js';
import type { EngineContext } from './context.js';
import { newContainerId, newContainerName } from './ids.js';
import type { Change, CommitOptions } from './records.js';
import type { ContainerRecord } from './state.js';

export class Container {
  /** The file system: changes stay in the upper of this container. */
  readonly union: UnionFs;
  readonly #context: EngineContext;
  #record: ContainerRecord;

  constructor(context: EngineContext, record: ContainerRecord, union: UnionFs) {
    this.#context = context;
    this.#record = record;
    this.union = union;
  }

  /** 64 hexadecimal digits. */
  get id(): string {
    return this.#record.id;
  }

  get name(): string {
    return this.#record.name;
  }

  /** The reference that it was created from. */
  get image(): string {
    return this.#record.image;
  }

  get imageId(): Digest {
    return this.#record.imageId;
  }

  /** RFC 3339. */
  get created(): string {
    return this.#record.created;
  }

  /** The record that the store keeps. */
  get record(): ContainerRecord {
    return this.#record;
  }

  /** Node's fs API. */
  get fs(): Fs {
    return this.union.fs;
  }

  /** What differs from the image, sorted by path, parents first. */
  changes(): Change[] {
    return this.union.changes();
  }

  /** Another container with the same content: its file system is forked in O(1). */
  async fork(options: { readonly name?: string } = {}): Promise<Container> {
    return enterContainer(this.#context, this.#record, this.union.fork(), options.name);
  }

  /** Makes an image of the container's image and its changes. */
  commit(options: CommitOptions = {}): Promise<CommittedImage> {
    return commitContainer(this.#context, this, options);
  }

  /** Writes the changes to the store; in memory they are there already. */
  async save(): Promise<void> {
    if (!this.#context.shelf.durable) return;
    const { upperBytes: saved } = this.#record;
    // What nobody changed here may have been changed by the process that runs it.
    if (saved === 0 ? this.union.changes().length === 0 : this.union.view.isUnchanged) return;
    if ((await this.#context.state.read()).containers[this.id] === undefined) return;
    const upperBytes = await saveUpper(this.#context, this.id, this.union);
    await this.#context.state.update({ type: 'container', action: 'save', id: this.id }, (containers) => {
      const record = containers[this.id];
      if (record !== undefined) containers[this.id] = { ...record, upperBytes };
    });
    this.#record = { ...this.#record, upperBytes };
  }
}

/** Records a new container and gives it an id, and a name if it has none. */
export async function enterContainer(
  context: EngineContext,
  from: Omit<ContainerRecord, 'id' | 'name' | 'created' | 'state'>,
  union: UnionFs,
  wanted: string | undefined,
): Promise<Container> {
  const { containers } = await context.state.read();
  const taken = new Set(Object.values(containers).map(({ name }) => name));
  const name = wanted ?? newContainerName(context.random, (each) => taken.has(each));
  const id = newContainerId(context.random);
  const { image, imageId, manifest, changes, mounts = [], settings = {} } = from;
  const own = { image, imageId, manifest, changes, mounts, settings, upperBytes: 0 };
  const record = { ...own, id, name, created: context.timestamp() };
  await context.state.update({ type: 'container', action: 'create', id }, (all) => {
    all[id] = record;
  });
  const container = new Container(context, record, union);
  context.open.set(id, container);
  if (union.changes().length > 0) await container.save();
  return container;
}
