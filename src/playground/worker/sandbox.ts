/** One learner's engine: acts go in, and a view of what came of each goes out. */

import { utf8, utf8Text } from '../../base/bytes.js';
import { StratumError } from '../../base/error.js';
import type { Runtime } from '../../build/runtime.js';
import type { Digest } from '../../digest/digest.js';
import { Engine } from '../../engine/engine.js';
import type { Change } from '../../layer/change.js';
import { prepareImages, startFiles } from '../../lessons/prepare.js';
import { createLessonRegistry } from '../../lessons/registry.js';
import { RegistryClient } from '../../registry/client/client.js';
import type { Act, Start } from '../act.js';
import { ARCHIVE_LIMIT_BYTES, FILES_LIMIT, OUTPUT_LIMIT, TEXT_LIMIT } from '../limits.js';
import { REGISTRY_NAME } from '../registry-name.js';
import { countText, modeText, sizeText } from '../text.js';
import type { MomentView, TroubleView } from '../view.js';
import { prepareBase } from './base-images.js';
import { ownPath, usage } from './command-line.js';
import { LessonDesk, lessonById } from './lesson-desk.js';
import { difference } from './news.js';
import { EPOCH, type Place } from './place.js';
import { troubleOf } from './verbs/build.js';
import { begin } from './verbs/containers.js';
import { runLine } from './verbs/verbs.js';
import type { HeldMoment, StateView, Viewer } from './views.js';

export interface SandboxPorts {
  readonly runtime: Runtime;
  /** Told what an act prints, as it prints it. */
  readonly onOutput: (text: string) => void;
  readonly onProgress: (text: string, part: number | undefined) => void;
}

/** A view and what stands behind it. */
export interface Done {
  readonly view: Omit<MomentView, 'id'>;
  readonly held: HeldMoment;
}

/**
 * The same start and the same acts give the same state, to the digest: the clock and the random numbers are its own. That
 * is how a moment is gone back to, how a link holds all there is, and how a learner goes on after a loop was stopped.
 */
export class Sandbox {
  readonly place: Place;
  readonly #viewer: Viewer;
  readonly #ports: SandboxPorts;
  #desk: LessonDesk | undefined;
  #before: StateView | undefined;
  #output = '';

  private constructor(ports: SandboxPorts, viewer: Viewer, engine: Engine, registry: Place['registry']) {
    this.#ports = ports;
    this.#viewer = viewer;
    this.place = {
      engine,
      registry,
      files: new Map(),
      runtime: ports.runtime,
      sessions: new Map(),
      builds: [],
      build: undefined,
      exchange: { verb: '', since: 0 },
      print: (text) => this.#print(text),
    };
  }

  static async open(start: Start, ports: SandboxPorts, viewer: Viewer): Promise<{ sandbox: Sandbox; done: Done }> {
    const registry = createLessonRegistry();
    const registries = new RegistryClient({ fetch: (request) => reach(registry, request) });
    let tick = 0;
    const engine = await Engine.open({ registries, now: () => EPOCH * 1000 + tick++, random: counting() });
    const sandbox = new Sandbox(ports, viewer, engine, registry);
    await sandbox.#begin(start);
    return { sandbox, done: await sandbox.#look(undefined) };
  }

  /** Does an act. What goes wrong in it is part of its view. */
  async do(act: Act): Promise<Done> {
    this.#output = '';
    const { place } = this;
    place.exchange = { verb: '', since: place.registry.traffic.length };
    let trouble: TroubleView | undefined;
    try {
      for (const edit of act.edits ?? []) this.#edit(edit.path, edit.text);
      await this.#act(act);
    } catch (error) {
      trouble = troubleOf(error);
      this.#print(`Error: ${trouble.text}\n`);
    }
    return this.#look(trouble);
  }

  /** A manifest or a config as JSON, or the names in a layer; what is in no store at all is said to be so. */
  async document(digest: Digest): Promise<string> {
    const { engine } = this.place;
    for (const { id, digest: manifest } of await engine.images()) {
      if (digest === manifest) return jsonText((await engine.manifest(manifest)).bytes);
      if (digest === id) return jsonText(utf8(JSON.stringify(await engine.inspectImage(id))));
      const layer = (await engine.stack(id)).layers.find((each) => each.digest === digest || each.diffId === digest);
      if (layer !== undefined) return layer.layer.changes.map(changeLine).join('');
    }
    throw new StratumError('BLOB_UNKNOWN', 'no image here has that blob', { digest });
  }

  async #begin(start: Start): Promise<void> {
    const { place } = this;
    if (start.kind === 'files') {
      await prepareBase(place.engine);
      for (const [path, text] of Object.entries(start.files)) this.#edit(path, text);
      return;
    }
    const lesson = lessonById(start.id);
    for (const [path, bytes] of Object.entries(startFiles(lesson))) place.files.set(path, bytes);
    await prepareImages(lesson, place.engine, place.runtime);
    this.#desk = new LessonDesk(lesson, place);
  }

  async #act(act: Act): Promise<void> {
    const { place } = this;
    const desk = this.#desk;
    switch (act.kind) {
      case 'save':
        break;
      case 'type': {
        const verb = /^\s*(?:stratum|docker)\s+(push|pull)\b/.exec(act.line)?.[1];
        if (verb !== undefined) place.exchange = { ...place.exchange, verb };
        await runLine(act.line, place);
        break;
      }
      case 'shell':
        await this.#shell(act.container, act.line);
        break;
      case 'load':
        await this.#load(act.name, act.file);
        break;
      case 'answer':
        return desk?.answer(act.text);
      case 'skip':
        return desk?.skip();
    }
    await desk?.check();
  }

  async #shell(name: string, line: string): Promise<void> {
    const { place } = this;
    const { id } = await place.engine.container(name);
    if (place.sessions.get(id)?.isOpen !== true) await begin(place, id);
    const session = place.sessions.get(id);
    if (session === undefined) throw usage(`${name} runs no shell`);
    this.#print(await session.run(line));
    if (!session.isOpen) place.sessions.delete(id);
  }

  async #load(name: string, file: Blob): Promise<void> {
    if (file.size > ARCHIVE_LIMIT_BYTES) {
      throw usage(`${name} has ${sizeText(file.size)}; a page takes ${sizeText(ARCHIVE_LIMIT_BYTES)} at most`);
    }
    const loaded = await this.place.engine.load(this.#watched(file, name), { file: name });
    for (const { references, newLayers, sharedLayers } of loaded) {
      const what = `${countText(newLayers, 'new layer')}, ${sharedLayers} here already`;
      this.#print(`loaded ${references.join(', ') || 'an image without a name'}: ${what}\n`);
    }
  }

  async *#watched(file: Blob, name: string): AsyncGenerator<Uint8Array, void, undefined> {
    let read = 0;
    const reader = file.stream().getReader();
    try {
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        read += next.value.length;
        this.#ports.onProgress(`reading ${name}: ${sizeText(read)} of ${sizeText(file.size)}`, read / file.size);
        yield next.value;
      }
    } finally {
      await reader.cancel();
    }
  }

  #edit(written: string, text: string | undefined): void {
    const { files } = this.place;
    const path = ownPath(written);
    if (text === undefined) files.delete(path);
    else if (text.length > TEXT_LIMIT) throw usage(`${path} is too long to be edited here`);
    else if (files.size >= FILES_LIMIT && !files.has(path)) throw usage(`${FILES_LIMIT} files are enough`);
    else files.set(path, utf8(text));
  }

  #print(text: string): void {
    if (this.#output.length >= OUTPUT_LIMIT) return;
    this.#output += text;
    if (this.#output.length >= OUTPUT_LIMIT) this.#output = `${this.#output.slice(0, OUTPUT_LIMIT)}\n… cut here\n`;
    this.#ports.onOutput(text);
  }

  async #look(trouble: TroubleView | undefined): Promise<Done> {
    const { view, held } = await this.#viewer.look(this.place);
    const { news, fresh } = difference(this.#before, view);
    this.#before = view;
    return { held, view: { ...view, output: this.#output, trouble, news, fresh, lesson: await this.#desk?.view() } };
  }
}

/** There is one registry in the page, and no way to any other. */
async function reach(registry: Place['registry'], request: Request): Promise<Response> {
  if (new URL(request.url).host !== REGISTRY_NAME) throw new TypeError(`this page reaches only ${REGISTRY_NAME}`);
  return registry.fetch(request);
}

function jsonText(bytes: Uint8Array): string {
  return `${JSON.stringify(JSON.parse(utf8Text(bytes) ?? 'null'), undefined, 2)}\n`;
}

/** An entry of a layer's tar: markers by the names that they have in it. */
function changeLine(change: Change): string {
  const { kind, path } = change;
  const slash = path.lastIndexOf('/');
  if (kind === 'whiteout') return `${path.slice(1, slash + 1)}.wh.${path.slice(slash + 1)}\n`;
  if (kind === 'opaque') return `${path.slice(1)}/.wh..wh..opq\n`;
  if (kind === 'link') return `${path.slice(1)} = ${change.target.slice(1)}\n`;
  const size = kind === 'file' ? `  ${sizeText(change.size)}` : '';
  return `${modeText(change.attributes.mode)}  ${path.slice(1) || '.'}${kind === 'directory' ? '/' : ''}${size}\n`;
}

/** Numbers that are the same every time: nothing here is a secret, and no two places meet. */
function counting(): (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer> {
  let state = 0x9e3779b9;
  return (bytes) => {
    for (let at = 0; at < bytes.length; at++) {
      state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
      bytes[at] = (state ^ (state >>> 13)) & 0xff;
    }
    return bytes;
  };
}
