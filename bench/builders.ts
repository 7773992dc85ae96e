/** What builds an image as a whole process: the command line of Stratum with a store of its own, and its peers. */

import fs from 'node:fs';
import path from 'node:path';
import { type AnyShot, expectEqual, shot } from './one-shot.js';
import { runProcess, stratumBin } from './process.js';
import { populate } from './sync-fs.js';

export interface Builder {
  /** The command that builds a directory. */
  build(directory: string, ...flags: readonly string[]): readonly string[];
  /** Removes its storage. */
  remove(): void;
}

export class StratumStore implements Builder {
  readonly #root: string;

  constructor(scratch: string) {
    this.#root = fs.mkdtempSync(path.join(scratch, 'store-'));
  }

  async load(archiveOrLayout: string): Promise<void> {
    await printedBy(this.#command('load', '--input', archiveOrLayout));
  }

  build(directory: string, ...flags: readonly string[]): readonly string[] {
    return this.#command('build', ...flags, '-t', 'app', directory);
  }

  remove(): void {
    fs.rmSync(this.#root, { recursive: true, force: true });
  }

  #command(...args: readonly string[]): readonly string[] {
    return [process.execPath, stratumBin(), '--root', this.#root, ...args];
  }
}

/** Runs a command; what it printed, on either stream. */
export async function printedBy(command: readonly string[]): Promise<string> {
  return (await runProcess('sh', ['-c', 'exec "$@" 2>&1', 'sh', ...command])).stdout;
}

/** A command that must print a word so often. */
export function commandShot(
  row: { readonly subject: string; readonly at: string },
  command: readonly string[],
  { word, times }: { readonly word: string; readonly times: number },
): AnyShot {
  return shot({
    ...row,
    prepare: () => undefined,
    run: () => printedBy(command),
    check: (printed) => expectEqual(countOf(word, printed), times, `lines with ${word}`),
  });
}

export function countOf(word: string, printed: string): number {
  return printed.split(word).length - 1;
}

/** Steps of {@link writeProject} that give a layer; every instruction but FROM is a step to buildah. */
export const PROJECT_STEPS = { stratum: 6, buildah: 10 } as const;

/** A project of eleven instructions: RUN in the form that needs no `/bin/sh`, which the real image has not. */
export function writeProject(scratch: string, base: string): string {
  const directory = fs.mkdtempSync(path.join(scratch, 'project-'));
  const run = (script: string): string => `RUN ${JSON.stringify(['/bin/bash', '-c', script])}`;
  const lines = [
    `FROM ${base}`,
    'ENV MODE=production',
    'LABEL stage=app',
    'WORKDIR /app',
    'COPY package.json ./',
    run('echo dependencies > deps'),
    run('mkdir -p lib && echo x > lib/x'),
    'COPY src/ src/',
    run('cat src/* > all'),
    'EXPOSE 80',
    'CMD ["cat", "all"]',
  ];
  const sources = Array.from({ length: 50 }, (_, at) => ({ path: `/src/${at}`, content: Buffer.from(`file ${at}\n`) }));
  populate(fs, directory, [{ path: '/package.json', content: Buffer.from('{}\n') }, ...sources]);
  fs.writeFileSync(path.join(directory, 'Dockerfile'), `${lines.join('\n')}\n`);
  return directory;
}
