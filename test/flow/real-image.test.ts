import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect } from 'vitest';
import { type Container, Engine } from '../../src/index.js';
import { REAL_IMAGE_NEEDS, realImage } from '../kit/real-image.js';
import { requires } from '../kit/requires.js';
import { run } from '../kit/run.js';
import { treeListing } from '../kit/tree-listing.js';

const withTools = requires(...REAL_IMAGE_NEEDS, 'getfattr');
const MINUTE_MS = 60_000;
const scratch = mkdtempSync(join(tmpdir(), 'stratum-flow-'));

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface Umoci {
  readonly Digest: string;
}

describe('a real image', () => {
  withTools(
    'has one image ID whether it comes from a layout, an OCI archive or a docker-archive',
    async () => {
      const image = await realImage();
      const ids = new Set<string>();
      for (const load of [
        (engine: Engine) => engine.loadLayout(image.layout),
        (engine: Engine) => engine.load(readFileSync(image.ociArchive)),
        (engine: Engine) => engine.load(readFileSync(image.dockerArchive)),
      ]) {
        const [loaded] = await load(await Engine.open());
        ids.add(loaded?.id ?? 'nothing was loaded');
      }
      expect([...ids]).toEqual([expect.stringMatching(/^sha256:[0-9a-f]{64}$/)]);
    },
    MINUTE_MS,
  );

  withTools(
    'keeps its manifest digest when it is saved again, as skopeo reads it',
    async () => {
      const image = await realImage();
      const engine = await Engine.open();
      await engine.load(readFileSync(image.ociArchive));
      const saved = join(scratch, 'saved.tar');
      await writeStream(saved, engine.save(['real']));
      expect(await digestOf(`oci-archive:${saved}:real:latest`)).toBe(await digestOf(`oci:${image.layout}:real`));
    },
    MINUTE_MS,
  );

  withTools(
    'committed by us unpacks with umoci to what our export holds',
    async () => {
      const image = await realImage();
      const root = join(scratch, 'store');
      const engine = await Engine.open({ root });
      await engine.loadLayout(image.layout);
      const container = await engine.create('real', { name: 'work' });
      changeMuch(container);
      await container.commit({ ref: 'app:1', message: 'all kinds of changes' });
      await container.save();
      const exported = await exportTo(join(scratch, 'exported'), engine, 'work');
      await run('umoci', ['unpack', '--image', `${root}:app:1`, join(scratch, 'unpacked')]);
      const lines = await treeListing(exported);
      expect(lines.length).toBeGreaterThan(1500);
      expect(lines).toEqual(await treeListing(join(scratch, 'unpacked', 'rootfs')));
    },
    2 * MINUTE_MS,
  );

  withTools(
    'is the same after it was committed, loaded again and exported',
    async () => {
      const image = await realImage();
      const engine = await Engine.open();
      await engine.loadLayout(image.layout);
      const container = await engine.create('real', { name: 'first' });
      changeMuch(container);
      await container.commit({ ref: 'app:1' });
      const other = await Engine.open();
      await other.load(await collect(engine.save(['app:1'], { format: 'docker-archive' })));
      await other.create('app:1', { name: 'second' });
      const [before, after] = [join(scratch, 'before'), join(scratch, 'after')];
      expect(await treeListing(await exportTo(before, engine, 'first'))).toEqual(
        await treeListing(await exportTo(after, other, 'second')),
      );
    },
    2 * MINUTE_MS,
  );
});

/** Every kind of change that a layer can tell. */
function changeMuch({ fs, union }: Container): void {
  fs.appendFileSync('/etc/debian_version', 'changed\n');
  fs.mkdirSync('/srv/a/b', { recursive: true });
  fs.writeFileSync('/srv/a/b/new', 'new');
  fs.writeFileSync('/srv/setuid', 'x');
  fs.chownSync('/srv/setuid', 1000, 100);
  fs.chmodSync('/srv/setuid', 0o4755);
  fs.linkSync('/srv/a/b/new', '/srv/linked');
  fs.linkSync('/bin/bash', '/bin/bash2');
  fs.symlinkSync('../nowhere', '/srv/dangling');
  fs.rmSync('/usr/share/doc/libc6', { recursive: true });
  fs.rmSync('/usr/share/zoneinfo/Europe', { recursive: true });
  fs.mkdirSync('/usr/share/zoneinfo/Europe');
  fs.writeFileSync('/usr/share/zoneinfo/Europe/Atlantis', 'gone');
  fs.renameSync('/usr/share/base-files', '/usr/share/base-files.moved');
  fs.unlinkSync('/etc/issue');
  fs.utimesSync('/etc/issue.net', 1.5, 1_234_567_890.25);
  union.kernel.mknod('/srv/null', 0o020666, 0x103);
  union.kernel.mknod('/srv/pipe', 0o010644, 0);
  union.kernel.setxattr('/srv/setuid', 'user.note', new TextEncoder().encode('kept'));
  fs.writeFileSync(`/srv/${'n'.repeat(255)}`, 'long');
  fs.writeFileSync('/srv/größe', 'unicode');
}

async function digestOf(name: string): Promise<string> {
  return (JSON.parse(await run('skopeo', ['inspect', name])) as Umoci).Digest;
}

async function collect(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function writeStream(file: string, stream: AsyncIterable<Uint8Array>): Promise<void> {
  writeFileSync(file, await collect(stream));
}

/** Unpacks our export with GNU tar. */
async function exportTo(folder: string, engine: Engine, container: string): Promise<string> {
  mkdirSync(folder);
  await writeStream(`${folder}.tar`, engine.export(container));
  await run('tar', ['--xattrs', '--xattrs-include=*', '--numeric-owner', '-xpf', `${folder}.tar`, '-C', folder]);
  return folder;
}
