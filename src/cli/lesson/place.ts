/** Where a lesson takes place in a terminal: a directory to work in, a store, and a registry on a loopback port. */

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Lesson, LessonDirectory, LessonPlace, PlaceState } from '../../lessons/lesson.js';
import { prepareImages, startFiles } from '../../lessons/prepare.js';
import { createLessonRegistry, type LessonRegistry } from '../../lessons/registry.js';
import { type HttpServer, serveHttp } from '../../node/registry/http-server.js';
import { shellRuntime } from '../../shell/runtime.js';
import { openStore } from '../open-store.js';
import { BuildRecords } from './builds.js';

/** Folders of the place; what the learner works on has one of its own, so that a build takes nothing else. */
export interface PlaceFolders {
  readonly work: string;
  readonly store: string;
  /** Holds the program under the name `stratum`. */
  readonly bin: string;
  /** Each build leaves a file here. */
  readonly builds: string;
}

function foldersOf(directory: string): PlaceFolders {
  return {
    work: join(directory, 'work'),
    store: join(directory, 'store'),
    bin: join(directory, 'bin'),
    builds: join(directory, 'builds'),
  };
}

/** The learner's commands are other processes on the same store: each look opens it anew, and sees what they did. */
export class TerminalPlace implements LessonPlace {
  readonly folders: PlaceFolders;
  /** `127.0.0.1:5000`; empty where the lesson has no registry. */
  readonly registryHost: string;
  readonly #now: () => number;
  readonly #builds: BuildRecords;
  readonly #registry: LessonRegistry;
  readonly #server: HttpServer | undefined;

  private constructor(
    directory: string,
    { now, registry, server }: { now: () => number; registry: LessonRegistry; server: HttpServer | undefined },
  ) {
    this.folders = foldersOf(directory);
    this.registryHost = server === undefined ? '' : `127.0.0.1:${server.port}`;
    this.#now = now;
    this.#builds = new BuildRecords(this.folders.builds);
    this.#registry = registry;
    this.#server = server;
  }

  /** Prepares the start of a lesson in an empty directory. */
  static async prepare(
    lesson: Lesson,
    directory: string,
    options: { readonly now: () => number },
  ): Promise<TerminalPlace> {
    const folders = foldersOf(directory);
    for (const folder of Object.values(folders)) await mkdir(folder, { recursive: true });
    for (const [path, bytes] of Object.entries(startFiles(lesson))) {
      const file = join(folders.work, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, bytes);
    }
    const engine = await openStore({ root: folders.store, now: options.now });
    await prepareImages(lesson, engine, shellRuntime());
    await engine.close();
    const registry = createLessonRegistry();
    const server = lesson.start.registry === true ? await serveHttp(registry) : undefined;
    return new TerminalPlace(directory, { now: options.now, registry, server });
  }

  async look<T>(look: (state: PlaceState) => Promise<T>): Promise<T> {
    const engine = await openStore({ root: this.folders.store, now: this.#now });
    try {
      return await look({
        engine,
        directory: workDirectory(this.folders.work),
        builds: [...(await this.#builds.read())],
        traffic: [...this.#registry.traffic],
        registryHost: this.registryHost,
      });
    } finally {
      await engine.close();
    }
  }

  async close(): Promise<void> {
    await this.#server?.close();
  }
}

function workDirectory(root: string): LessonDirectory {
  return {
    read: async (path) => {
      try {
        return await readFile(join(root, path));
      } catch {
        return undefined;
      }
    },
  };
}
