/** COPY and ADD as a step: its keys, and its layer. */

import { StratumError } from '../base/error.js';
import { collectBytes } from '../base/stream.js';
import type { Layer } from '../layer/layer.js';
import { emptyTree, TreeEditor } from '../tree/edit.js';
import { FileNode } from '../tree/node.js';
import { archiveChanges } from './archive.js';
import { type SourceTree, sourceTree } from './context.js';
import { Copier, timeOf } from './copy.js';
import {
  checkChecksum,
  type FoundSource,
  fetchedFile,
  findInTree,
  inlineFile,
  MEMORY_SOURCE,
  sourceParts,
} from './copy-sources.js';
import { namesOwner, ownerOf } from './owner.js';
import type { CopySource, CopyStep } from './step.js';
import type { KeyPart } from './step-key.js';
import type { StageState, StepHost, StepWork } from './step-work.js';

/** What may come by URL; more is no file for an image. */
const FETCH_LIMIT_BYTES = 4 * 1024 ** 3;

export class CopyWork implements StepWork {
  readonly #solver: StepHost;
  readonly #step: CopyStep;
  readonly #state: StageState;
  readonly #found: Map<CopySource, Promise<FoundSource[]>> = new Map();

  constructor(solver: StepHost, step: CopyStep, state: StageState) {
    this.#solver = solver;
    this.#step = step;
    this.#state = state;
  }

  /** By the layers of the stage that is copied from, which costs nothing; then by what is copied. */
  async *keys(): AsyncIterable<readonly KeyPart[]> {
    const common = this.#commonParts();
    const cheap = await this.#cheapParts();
    if (cheap !== undefined) yield [...common, ...cheap];
    const parts: KeyPart[] = [];
    for (const source of this.#step.sources) parts.push(...(await this.#parts(source)));
    yield [...common, ...parts];
  }

  async run(): Promise<Layer> {
    const { store } = this.#solver.options;
    const step = this.#step;
    const below = await store.tree(this.#state.layers, { content: this.#isNamedOwner });
    const base = step.link ? emptyTree() : below;
    const { epoch, now } = this.#solver.options;
    const editor = new TreeEditor(base, { id: 'copy' });
    const owner = step.chown === undefined ? undefined : ownerOf(below, step.chown);
    const rules = { owner, mode: step.mode, now: timeOf(epoch, now) };
    for (const source of step.sources) {
      for (const found of await this.#find(source)) {
        const mtimeSec = found.isLocal ? epoch : undefined;
        await this.#put(new Copier(editor, { ...rules, mtimeSec }), found);
      }
    }
    return this.#solver.pack(base, editor.finish());
  }

  async #put(copier: Copier, found: FoundSource): Promise<void> {
    const node = found.entries[0]?.node;
    if (found.unpack && node instanceof FileNode) {
      const changes = await archiveChanges(node.bytes.read(node.offset, node.size));
      if (changes !== undefined) return copier.unpack(changes, this.#step.destination);
    }
    copier.copy(found.name, found.entries, this.#step.destination);
  }

  get #isNamedOwner(): boolean {
    return namesOwner(this.#step.chown ?? '');
  }

  #commonParts(): KeyPart[] {
    const step = this.#step;
    const options = {
      chown: step.chown,
      chmod: step.chmod,
      exclude: step.exclude.length === 0 ? undefined : JSON.stringify(step.exclude),
      parents: step.parents ? 'true' : undefined,
      unpack: step.unpackLocal || step.unpackRemote ? 'true' : undefined,
    };
    // Names of owners are those of the image below, whatever the layer stands on.
    const isAlone = step.link && !this.#isNamedOwner;
    return [
      ...(step.link ? [{ name: 'link', value: 'true' }] : []),
      ...(isAlone ? [] : [{ name: 'parent', value: this.#solver.chainOf(this.#state) }]),
      { name: 'destination', value: step.destination },
      ...Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }])),
    ];
  }

  /** Undefined when a source is of no stage: only its content says what it is. */
  async #cheapParts(): Promise<KeyPart[] | undefined> {
    const parts: KeyPart[] = [];
    for (const source of this.#step.sources) {
      if (source.kind === 'path' && source.origin.kind === 'stage') {
        const state = await this.#solver.state(source.origin.stage);
        parts.push({ name: `from ${source.path}`, value: this.#solver.chainOf(state) });
      } else if (source.kind === 'inline') parts.push(...(await this.#parts(source)));
      else return undefined;
    }
    return parts;
  }

  async #parts(source: CopySource): Promise<KeyPart[]> {
    if (source.kind === 'url' && source.checksum !== undefined) {
      return [{ name: `url ${source.url}`, value: source.checksum }];
    }
    const tree = source.kind === 'path' ? await this.#tree(source) : MEMORY_SOURCE;
    return sourceParts(this.#step, await this.#find(source), tree as SourceTree);
  }

  /** For the key and for the copy, found once. */
  #find(source: CopySource): Promise<FoundSource[]> {
    const known = this.#found.get(source);
    if (known !== undefined) return known;
    const found = this.#look(source);
    this.#found.set(source, found);
    return found;
  }

  async #look(source: CopySource): Promise<FoundSource[]> {
    const { epoch, now } = this.#solver.options;
    if (source.kind === 'inline') return [inlineFile(source.name, source.content, epoch ?? Math.floor(now() / 1000))];
    if (source.kind === 'url') return [await this.#fetch(source.url, source.checksum)];
    return findInTree(this.#step, source.path, await this.#tree(source), source.origin.kind === 'context');
  }

  async #tree(source: CopySource & { kind: 'path' }): Promise<SourceTree> {
    const { origin } = source;
    if (origin.kind === 'context') return this.#solver.sources.of(origin.context, origin.name);
    return sourceTree(await this.#solver.treeOf(origin.stage));
  }

  async #fetch(url: string, checksum: string | undefined): Promise<FoundSource> {
    const response = await this.#solver.options.fetch(url, { signal: this.#solver.signal }).catch((cause: unknown) => {
      throw new StratumError('BUILD_FAILED', `failed to load ${url}: ${String(cause)}`, { cause });
    });
    if (!response.ok || response.body === null) {
      throw new StratumError('BUILD_FAILED', `invalid response status ${response.status} for ${url}`);
    }
    const bytes = await collectBytes(response.body, FETCH_LIMIT_BYTES);
    if (checksum !== undefined) checkChecksum(bytes, checksum);
    const modified = Date.parse(response.headers.get('last-modified') ?? '');
    const mtimeSec = Number.isNaN(modified) ? 0 : Math.floor(modified / 1000);
    return fetchedFile(url, { bytes, mtimeSec }, this.#step.unpackRemote);
  }
}
