/** What the engine knows besides blobs and names: an immutable value, changed with immer, its patches the events. */

import { enablePatches, type Patch, produceWithPatches } from 'immer';
import { canonicalJson, parseJsonObject } from '../base/json.js';
import type { Digest } from '../digest/digest.js';
import type { ConfigChanges, ContainerMount, RunSettings, RunState } from './records.js';
import type { Shelf } from './shelf.js';

enablePatches();

/** A container as it is kept: everything but its file system. */
export interface ContainerRecord {
  readonly id: string;
  readonly name: string;
  /** The reference as the user gave it. */
  readonly image: string;
  readonly imageId: Digest;
  /** The manifest that it runs on: enough to find every layer. */
  readonly manifest: Digest;
  /** RFC 3339. */
  readonly created: string;
  readonly changes: ConfigChanges;
  /** The changes that were saved: an uncompressed changeset on the shelf. */
  readonly upperBytes: number;
  readonly mounts?: readonly ContainerMount[];
  readonly settings?: RunSettings;
  /** Absent for one that never ran. */
  readonly state?: RunState;
}

export interface EngineState {
  readonly containers: Readonly<Record<string, ContainerRecord>>;
}

/** What happened, in Docker's words, and how the state moved: apply `patches` to go forward, `inverse` to go back. */
export interface EngineEvent {
  readonly type: 'container' | 'image';
  readonly action:
    | 'create'
    | 'destroy'
    | 'start'
    | 'die'
    | 'commit'
    | 'save'
    | 'load'
    | 'import'
    | 'pull'
    | 'push'
    | 'tag'
    | 'untag'
    | 'delete'
    | 'prune'
    | 'build';
  /** Container id, or image ID. */
  readonly id: string;
  readonly patches: readonly Patch[];
  readonly inverse: readonly Patch[];
}

export type EngineListener = (event: EngineEvent) => void;

const FOLDER = 'containers';

/** Holds the state, keeps it on the shelf, and tells listeners how it changed. */
export class StateStore {
  readonly #shelf: Shelf;
  readonly #listeners: Set<EngineListener> = new Set();
  #state: EngineState = { containers: {} };

  constructor(shelf: Shelf) {
    this.#shelf = shelf;
  }

  /** The state as it is on the shelf now: another process may have changed it. */
  async read(): Promise<EngineState> {
    if (this.#shelf.durable) this.#state = { containers: await readContainers(this.#shelf) };
    return this.#state;
  }

  /** Changes the state, writes each record that changed, and tells the listeners. */
  update(
    event: Pick<EngineEvent, 'type' | 'action' | 'id'>,
    recipe: (containers: Record<string, ContainerRecord>) => void,
  ): Promise<void> {
    // What one process removes, another that is about to write must not bring back.
    return this.#shelf.exclusive(`${FOLDER}/${event.id}`, () => this.#change(event, recipe));
  }

  async #change(
    event: Pick<EngineEvent, 'type' | 'action' | 'id'>,
    recipe: (containers: Record<string, ContainerRecord>) => void,
  ): Promise<void> {
    const before = await this.read();
    const [next, patches, inverse] = produceWithPatches(before, (draft) => {
      recipe(draft.containers as Record<string, ContainerRecord>);
    });
    const touched = new Set(patches.map((patch) => String(patch.path[1])));
    for (const id of touched) await this.#keep(id, next.containers[id]);
    this.#state = next;
    this.emit({ ...event, patches, inverse });
  }

  emit(event: EngineEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  subscribe(listener: EngineListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  async #keep(id: string, record: ContainerRecord | undefined): Promise<void> {
    const name = `${FOLDER}/${id}.json`;
    if (record === undefined) await this.#shelf.delete(name);
    else await this.#shelf.write(name, canonicalJson(record));
  }
}

async function readContainers(shelf: Shelf): Promise<Record<string, ContainerRecord>> {
  const containers: Record<string, ContainerRecord> = {};
  for (const entry of await shelf.list(FOLDER)) {
    if (!entry.name.endsWith('.json')) continue;
    const bytes = await shelf.read(`${FOLDER}/${entry.name}`);
    if (bytes === undefined) continue;
    const record = parseJsonObject(bytes, { file: `${FOLDER}/${entry.name}` }) as unknown as ContainerRecord;
    containers[record.id] = record;
  }
  return containers;
}
