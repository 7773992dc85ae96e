/** A real image of several layers, made of Debian packages without a registry, in the forms that tools exchange. */

import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './run.js';

const LAYERS = [
  ['base-files', 'libc6', 'libtinfo6', 'busybox-static'],
  ['bash', 'coreutils', 'libacl1', 'libattr1', 'libselinux1', 'libpcre2-8-0', 'libgmp10'],
  ['zlib1g', 'tzdata', 'netbase'],
] as const;

/** What has to be there to make it. */
export const REAL_IMAGE_NEEDS = ['root', 'apt-get', 'dpkg-deb', 'umoci', 'skopeo'] as const;

export interface RealImage {
  readonly folder: string;
  /** An OCI layout with the tag `real`. */
  readonly layout: string;
  readonly ociArchive: string;
  readonly dockerArchive: string;
}

/** Makes the image once for all tests of one day; the folder is replaced as a whole, so half of one is never seen. */
export async function realImage(): Promise<RealImage> {
  const day = new Date().toISOString().slice(0, 10);
  const folder = join(tmpdir(), `stratum-real-image-${day}`);
  if (!existsSync(folder)) {
    const work = mkdtempSync(join(tmpdir(), 'stratum-real-'));
    await make(work);
    try {
      renameSync(work, folder);
    } catch {
      // Another process was faster.
      rmSync(work, { recursive: true, force: true });
    }
  }
  return {
    folder,
    layout: join(folder, 'layout'),
    ociArchive: join(folder, 'oci.tar'),
    dockerArchive: join(folder, 'docker.tar'),
  };
}

async function make(work: string): Promise<void> {
  const debs = join(work, 'debs');
  mkdirSync(debs);
  await run('apt-get', ['download', ...LAYERS.flat()], { cwd: debs });
  const files = readdirSync(debs);
  const umoci = (...args: string[]): Promise<string> => run('umoci', args, { cwd: work });
  await umoci('init', '--layout', 'layout');
  await umoci('new', '--image', 'layout:real');
  for (const [index, packages] of LAYERS.entries()) {
    for (const name of packages) {
      const file = files.find((each) => each.startsWith(`${name}_`));
      if (file === undefined) throw new Error(`apt-get downloaded no ${name}`);
      await run('dpkg-deb', ['-x', join(debs, file), join(work, `layer${index}`)]);
    }
    await umoci('insert', '--image', 'layout:real', `layer${index}`, '/');
  }
  await umoci('insert', '--image', 'layout:real', '--whiteout', '/usr/share/doc/tzdata');
  mkdirSync(join(work, 'opaque'));
  writeFileSync(join(work, 'opaque', 'note'), 'all that was here is hidden\n');
  await umoci('insert', '--image', 'layout:real', '--opaque', 'opaque', '/usr/share/doc/bash');
  await run('skopeo', ['copy', 'oci:layout:real', 'oci-archive:oci.tar:real'], { cwd: work });
  await run('skopeo', ['copy', 'oci:layout:real', 'docker-archive:docker.tar:localhost/real:1'], { cwd: work });
}
