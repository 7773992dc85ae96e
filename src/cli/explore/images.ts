/** The images that a verb looks into: of the store, or of archives and layouts that are not added to it. */

import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImageStack } from '../../analysis/stack.js';
import { isStratumError } from '../../base/error.js';
import type { Engine } from '../../engine/engine.js';
import type { LoadedImage } from '../../engine/records.js';
import { isDirectory, readFileStream } from '../host-files.js';
import type { Session } from '../session.js';

export interface StacksOptions {
  /** Which image of a multi-platform one. */
  readonly platform?: string | undefined;
}

/**
 * Opens the images, and hands them over while they can be read. What begins with `/`, `./` or `../` is a path, and so is
 * what no image is called and a file is; an archive stands for all images in it.
 */
export async function withStacks(
  refs: readonly string[],
  session: Session,
  options: StacksOptions,
  work: (stacks: readonly ImageStack[]) => Promise<void>,
): Promise<void> {
  const guests = new GuestStore(session, options);
  try {
    const stacks: ImageStack[] = [];
    for (const ref of refs) stacks.push(...(await open(ref, session, options, guests)));
    await work(stacks);
  } finally {
    await guests.close();
  }
}

async function open(
  ref: string,
  session: Session,
  { platform }: StacksOptions,
  guests: GuestStore,
): Promise<ImageStack[]> {
  if (/^\.{0,2}\//.test(ref)) return guests.stacks(ref);
  try {
    return [await (await session.engine(platform)).stack(ref)];
  } catch (error) {
    const isNoImage = isStratumError(error, 'IMAGE_UNKNOWN') || isStratumError(error, 'NAME_INVALID');
    if (isNoImage && (await isThere(session.hostPath(ref)))) return guests.stacks(ref);
    throw error;
  }
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** A store for the time of one command, in a directory of its own, made when it is first needed. */
class GuestStore {
  readonly #session: Session;
  readonly #options: StacksOptions;
  #directory: string | undefined;
  #engine: Engine | undefined;

  constructor(session: Session, options: StacksOptions) {
    this.#session = session;
    this.#options = options;
  }

  async stacks(ref: string): Promise<ImageStack[]> {
    const engine = await this.#open();
    const stacks: ImageStack[] = [];
    for (const { id, references } of await this.#load(engine, ref)) {
      stacks.push({ ...(await engine.stack(id)), name: references[0] ?? ref });
    }
    return stacks;
  }

  async close(): Promise<void> {
    await this.#engine?.close();
    if (this.#directory !== undefined) await rm(this.#directory, { recursive: true, force: true });
  }

  async #load(engine: Engine, ref: string): Promise<LoadedImage[]> {
    const path = this.#session.hostPath(ref);
    const display = this.#session.progress();
    const options = { onProgress: display.onProgress, signal: this.#session.io.signal };
    try {
      if (await isDirectory(path)) return await engine.loadLayout(path, options);
      return await engine.load(readFileStream(path), { ...options, file: ref });
    } finally {
      display.finish();
    }
  }

  async #open(): Promise<Engine> {
    if (this.#engine !== undefined) return this.#engine;
    const { openStore } = await import('../open-store.js');
    const { platform } = this.#options;
    this.#directory = await mkdtemp(join(tmpdir(), 'stratum-look-'));
    const now = (): number => this.#session.io.now().getTime();
    this.#engine = await openStore({ root: this.#directory, now, ...(platform !== undefined && { platform }) });
    return this.#engine;
  }
}
