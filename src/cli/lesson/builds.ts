/** What builds left in their `--metadata-file`: a lesson sees by them what was cached. */

import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isStratumError } from '../../base/error.js';
import { isJsonObject, type JsonValue, parseJson } from '../../base/json.js';
import type { SeenBuild, SeenStep } from '../../lessons/lesson.js';

/** The builds of a directory, in the order in which they ended; each file is read once. */
export class BuildRecords {
  readonly #directory: string;
  readonly #known: Set<string> = new Set();
  readonly #builds: SeenBuild[] = [];

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** All until now, oldest first; none of a directory that somebody has removed. */
  async read(): Promise<readonly SeenBuild[]> {
    const fresh: { readonly path: string; readonly endedMs: number }[] = [];
    for (const name of await readdir(this.#directory).catch(() => [])) {
      if (this.#known.has(name)) continue;
      this.#known.add(name);
      const path = join(this.#directory, name);
      fresh.push({ path, endedMs: (await stat(path)).mtimeMs });
    }
    for (const { path } of fresh.sort((a, b) => a.endedMs - b.endedMs)) {
      const build = buildOf(await readFile(path));
      if (build !== undefined) this.#builds.push(build);
    }
    return this.#builds;
  }
}

/** A build as `--metadata-file` says it; undefined for anything else. */
export function buildOf(bytes: Uint8Array): SeenBuild | undefined {
  const value = tryParse(bytes);
  if (!isJsonObject(value)) return undefined;
  const { 'containerimage.config.digest': imageId, 'image.name': names, steps } = value;
  if (typeof imageId !== 'string' || !Array.isArray(steps)) return undefined;
  const seen = (steps as readonly JsonValue[]).map(stepOf);
  if (!seen.every((step) => step !== undefined)) return undefined;
  return { names: typeof names === 'string' ? names.split(',') : [], imageId, steps: seen };
}

function stepOf(value: JsonValue): SeenStep | undefined {
  if (!isJsonObject(value)) return undefined;
  const { line, title, cached, miss, diffId } = value;
  if (typeof line !== 'number' || typeof title !== 'string' || typeof diffId !== 'string') return undefined;
  return { line, title, isCached: cached === true, miss: typeof miss === 'string' ? miss : undefined, diffId };
}

function tryParse(bytes: Uint8Array): JsonValue | undefined {
  try {
    return parseJson(bytes);
  } catch (error) {
    if (isStratumError(error)) return undefined;
    throw error;
  }
}
