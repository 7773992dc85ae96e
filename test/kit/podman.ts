/** podman with a storage of its own, as the judge of what containers changed. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.js';

/** What has to be there to run it. */
export const PODMAN_NEEDS = ['root', 'podman', 'runc', 'overlay'] as const;

/** Resource limits that a sandbox without CAP_SYS_RESOURCE can set. */
const LIMITS = ['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=4096:4096'];

export class Podman {
  readonly #env: Readonly<Record<string, string>>;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    const config = join(folder, 'storage.conf');
    const roots = `runroot = "${folder}/run"\ngraphroot = "${folder}/graph"\n`;
    writeFileSync(config, `[storage]\ndriver = "overlay"\n${roots}`);
    this.#env = { CONTAINERS_STORAGE_CONF: config };
  }

  call(...args: readonly string[]): Promise<string> {
    return run('podman', ['--runtime', 'runc', '--cgroup-manager', 'cgroupfs', ...args], { env: this.#env });
  }

  /** Loads an archive; returns nothing: its names are in the archive. */
  async load(archive: string): Promise<void> {
    await this.call('load', '-q', '-i', archive);
  }

  /** Runs what an image says in a container that goes again; gives what it printed. */
  runImage(image: string): Promise<string> {
    return this.call('run', '--rm', '--network', 'none', ...LIMITS, image);
  }

  /** Runs a shell script in a new container, which stays. */
  async run(name: string, image: string, script: string): Promise<void> {
    await this.call(
      'run',
      '--name',
      name,
      '--network',
      'none',
      ...LIMITS,
      image,
      '/bin/bash',
      '-c',
      `export PATH=/bin:/usr/bin; ${script}`,
    );
  }
}
