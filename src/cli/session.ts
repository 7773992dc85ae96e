/** One run of the command line: its settings, its store, and what it printed so far. */

import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Engine } from '../engine/engine.js';
import type { RegistryClient } from '../registry/client/client.js';
import { type Colors, colorsFor } from './colors.js';
import { errorText } from './errors.js';
import { type Io, isBrokenPipe, write } from './io.js';
import { createProgress, type ProgressDisplay } from './progress.js';

export interface Settings {
  /** `--root`. */
  readonly root?: string;
  /** `--debug`. */
  readonly debug?: boolean;
}

export class Session {
  readonly io: Io;
  settings: Settings = {};
  /** The verb that was called, if there is one of that name. */
  verb: string | undefined = undefined;
  exitCode = 0;
  #engine: Engine | undefined;
  readonly #displays: ProgressDisplay[] = [];

  constructor(io: Io) {
    this.io = io;
  }

  /** Where the store lies: `--root`, else STRATUM_ROOT, else the user's data directory. */
  get root(): string {
    const { env } = this.io;
    const named = this.settings.root ?? env['STRATUM_ROOT'];
    if (named !== undefined && named !== '') return this.hostPath(named);
    const data = env['XDG_DATA_HOME'] || join(env['HOME'] ?? homedir(), '.local', 'share');
    return join(data, 'stratum');
  }

  /** The store, opened when it is first needed; `platform` chooses among the images of a multi-platform one. */
  async engine(platform?: string, registries?: RegistryClient): Promise<Engine> {
    const { openStore } = await import('./open-store.js');
    this.#engine ??= await openStore({
      root: this.root,
      now: () => this.io.now().getTime(),
      ...(platform !== undefined && { platform }),
      ...(registries !== undefined && { registries }),
    });
    return this.#engine;
  }

  async close(): Promise<void> {
    for (const display of this.#displays) display.finish();
    await this.#engine?.close();
  }

  /** An absolute path on the host. */
  hostPath(path: string): string {
    return resolve(this.io.cwd, path);
  }

  get colors(): Colors {
    return colorsFor(this.io, this.io.stdout);
  }

  print(text: string | Uint8Array): Promise<void> {
    return write(this.io.stdout, text);
  }

  /** Bars for one operation; `finish` is called at the end of the run at the latest. */
  progress(options: { readonly quiet?: boolean | undefined } = {}): ProgressDisplay {
    const display = createProgress(this.io, options);
    this.#displays.push(display);
    return display;
  }

  /** Does something for each name; one that fails is reported, and the others have their turn. */
  async each(names: readonly string[], work: (name: string) => Promise<void>): Promise<void> {
    for (const name of names) await work(name).catch((error: unknown) => this.report(error));
  }

  /** Says what went wrong with one of several things, and goes on; the run will have failed. */
  async report(error: unknown): Promise<void> {
    for (const display of this.#displays) display.finish();
    this.exitCode = 1;
    const colors = colorsFor(this.io, this.io.stderr);
    const text = errorText(error, { colors, debug: this.settings.debug === true });
    await write(this.io.stderr, text).catch((failure: unknown) => {
      if (!isBrokenPipe(failure)) throw failure;
    });
  }
}
