/** Volumes: directories with a name that outlive the containers that write to them, shared by all that mount them. */

import { isStratumError, StratumError } from '../base/error.js';
import { canonicalJson, isJsonObject, type JsonObject, type JsonValue, parseJsonObject } from '../base/json.js';
import { type ByteSource, type ByteStream, byteStream } from '../base/stream.js';
import type { UnionFs } from '../fs/union-fs.js';
import type { EngineContext } from './context.js';
import { newContainerId } from './ids.js';
import type { HeldFiles } from './kept-files.js';
import type { VolumeSummary } from './records.js';

export interface VolumeOptions {
  /** A random one without it. */
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

interface VolumeRecord {
  readonly name: string;
  readonly created: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly anonymous: boolean;
}

const FOLDER = 'volumes';
/** Docker's rule for names. */
const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;

export class Volumes {
  readonly #context: EngineContext;

  constructor(context: EngineContext) {
    this.#context = context;
  }

  /** A volume that is there already is left as it is. Fails with NAME_INVALID. */
  async create(options: VolumeOptions = {}): Promise<VolumeSummary> {
    return this.get(await this.ensure(options));
  }

  /** The same; only its name. */
  async ensure(options: VolumeOptions = {}): Promise<string> {
    const anonymous = options.name === undefined;
    const name = checkedName(options.name ?? newContainerId(this.#context.random));
    if ((await this.#find(name)) === undefined) {
      const record = { name, created: this.#context.timestamp(), labels: options.labels ?? {}, anonymous };
      await this.#context.shelf.write(recordName(name), canonicalJson(record));
    }
    return name;
  }

  /** All, by name. */
  async list(): Promise<VolumeSummary[]> {
    const users = await this.#users();
    const found: VolumeSummary[] = [];
    for (const { name: file } of await this.#context.shelf.list(FOLDER)) {
      if (!file.endsWith('.json')) continue;
      const name = file.slice(0, -'.json'.length);
      const record = NAME.test(name) ? await this.#find(name) : undefined;
      if (record !== undefined) found.push(await this.#summary(record, users));
    }
    return found;
  }

  /** Fails with VOLUME_UNKNOWN. */
  async get(name: string): Promise<VolumeSummary> {
    const record = NAME.test(name) ? await this.#find(name) : undefined;
    if (record === undefined) throw new StratumError('VOLUME_UNKNOWN', `no such volume: ${name}`);
    return this.#summary(record, await this.#users());
  }

  /** In Docker's words. */
  async inspect(name: string): Promise<JsonObject> {
    const { created, labels, size, containers } = await this.get(name);
    const usage = { Size: size, RefCount: containers.length };
    return {
      CreatedAt: created,
      Driver: 'local',
      Labels: { ...labels },
      Name: name,
      Scope: 'local',
      Options: {},
      UsageData: usage,
    };
  }

  /** Fails with VOLUME_UNKNOWN, and with CONFLICT while a container mounts it. */
  async remove(name: string): Promise<void> {
    const { containers } = await this.get(name);
    if (containers.length > 0) {
      const ids = containers.map((id) => id.slice(0, 12)).join(', ');
      throw new StratumError('CONFLICT', `volume ${name} is in use by ${ids}`);
    }
    await this.#context.shelf.delete(contentName(name));
    await this.#context.shelf.delete(recordName(name));
  }

  /** Removes the volumes without a name that no container mounts, or all that none mounts. */
  async prune(options: { readonly all?: boolean } = {}): Promise<{ names: string[]; freedBytes: number }> {
    const names: string[] = [];
    let freedBytes = 0;
    for (const { name, anonymous, size, containers } of await this.list()) {
      if (containers.length > 0 || !(anonymous || options.all === true)) continue;
      await this.remove(name);
      names.push(name);
      freedBytes += size;
    }
    return { names, freedBytes };
  }

  /** Looks into a volume, and changes it: what `work` did is kept when it is done. */
  async use<T>(name: string, work: (files: UnionFs) => T | Promise<T>): Promise<T> {
    await this.get(name);
    const held = await this.hold(name);
    try {
      return await work(held.union);
    } finally {
      await held.release();
    }
  }

  /** The content as a tar. */
  async *export(name: string): ByteStream {
    await this.get(name);
    const kept = async (): Promise<Uint8Array | undefined> => this.#context.kept.read(contentName(name));
    // One that nobody wrote to has no content yet: it is that of an empty directory.
    yield* byteStream((await kept()) ?? (await this.use(name, () => {}).then(kept)) ?? []);
  }

  /** Puts the content of a tar, compressed or not, in the place of the volume's; the volume is made where there is none. */
  async import(name: string, source: ByteSource): Promise<void> {
    await this.ensure({ name });
    await this.#context.kept.replace(contentName(name), source);
  }

  /** The content, for one that mounts it. Fails with NAME_INVALID: names come from records on disk. */
  async hold(name: string): Promise<HeldFiles> {
    return this.#context.kept.hold(contentName(checkedName(name)));
  }

  async #find(name: string): Promise<VolumeRecord | undefined> {
    const file = recordName(name);
    const bytes = await this.#context.shelf.read(file);
    if (bytes === undefined) return undefined;
    const { created, labels, anonymous } = parseJsonObject(bytes, { file });
    if (typeof created === 'string' && typeof anonymous === 'boolean' && isLabels(labels)) {
      return { name, created, labels, anonymous };
    }
    throw new StratumError('STORE_INVALID', 'not the record of a volume', { file });
  }

  async #summary(record: VolumeRecord, users: ReadonlyMap<string, readonly string[]>): Promise<VolumeSummary> {
    const content = await this.#context.shelf.open(contentName(record.name));
    return { ...record, size: content?.size ?? 0, containers: users.get(record.name) ?? [] };
  }

  async #users(): Promise<Map<string, string[]>> {
    const users = new Map<string, string[]>();
    for (const { id, mounts = [] } of Object.values((await this.#context.state.read()).containers)) {
      for (const { type, source } of mounts) {
        if (type === 'volume' && source !== undefined) users.set(source, [...(users.get(source) ?? []), id]);
      }
    }
    return users;
  }
}

function checkedName(name: string): string {
  if (NAME.test(name)) return name;
  const rule = 'only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed, two characters at least';
  throw new StratumError('NAME_INVALID', `invalid volume name ${JSON.stringify(name)}: ${rule}`);
}

function isLabels(value: JsonValue | undefined): value is Readonly<Record<string, string>> {
  return isJsonObject(value) && Object.values(value).every((label) => typeof label === 'string');
}

/** Takes the unnamed volumes of a container that is gone away, but for those that others mount. */
export async function removeUnnamed(context: EngineContext, names: readonly string[]): Promise<void> {
  const volumes = new Volumes(context);
  for (const name of names) {
    try {
      if ((await volumes.get(name)).anonymous) await volumes.remove(name);
    } catch (error) {
      if (!isStratumError(error, 'CONFLICT') && !isStratumError(error, 'VOLUME_UNKNOWN')) throw error;
    }
  }
}

function recordName(name: string): string {
  return `${FOLDER}/${name}.json`;
}

function contentName(name: string): string {
  return `${FOLDER}/${name}.tar`;
}
