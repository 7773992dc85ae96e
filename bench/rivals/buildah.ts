/** buildah with a storage of its own: overlay, the driver that is its fastest. */

import fs from 'node:fs';
import path from 'node:path';
import type { Builder } from '../builders.js';
import { missingCommand, sh } from '../process.js';
import { overlayMissing } from './kernel.js';

/** Why buildah cannot build here, or `undefined` when it can. */
export function buildahMissing(scratch: string): string | undefined {
  return missingCommand('buildah') ?? overlayMissing(scratch);
}

export class Buildah implements Builder {
  readonly #folder: string;
  readonly #storage: readonly string[];

  constructor(scratch: string) {
    this.#folder = fs.mkdtempSync(path.join(scratch, 'buildah-'));
    const [root, run] = ['root', 'run'].map((part) => path.join(this.#folder, part)) as [string, string];
    this.#storage = ['--root', root, '--runroot', run, '--storage-driver', 'overlay'];
  }

  pull(image: string): void {
    sh('buildah', [...this.#storage, 'pull', '--quiet', image]);
  }

  /** The command that builds a directory; processes of RUN are not contained, which costs the least. */
  build(directory: string, ...flags: readonly string[]): readonly string[] {
    return ['buildah', ...this.#storage, 'bud', '--layers', '--isolation', 'chroot', ...flags, '-t', 'app', directory];
  }

  /** The storage is mounted on itself, which keeps it from being removed. */
  remove(): void {
    const mounts = fs.readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
    const inside = mounts.flatMap((line) => line.split(' ')[4] ?? []).filter((at) => at.startsWith(this.#folder));
    for (const at of inside.reverse()) sh('umount', [at]);
    fs.rmSync(this.#folder, { recursive: true, force: true });
  }
}
