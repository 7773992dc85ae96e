/** The tools that people use, pushing to and pulling from `stratum serve`. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { hash } from 'bcryptjs';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { canonicalJson, type JsonObject } from '../../../src/base/json.js';
import { type Digest, encodedOf } from '../../../src/digest/digest.js';
import { digestOf } from '../../../src/digest/hasher.js';
import { OCI_CONFIG, OCI_INDEX, OCI_LAYER_GZIP, OCI_MANIFEST } from '../../../src/image/media-type.js';
import { PODMAN_NEEDS, Podman } from '../../kit/podman.js';
import { REAL_IMAGE_NEEDS, type RealImage, realImage } from '../../kit/real-image.js';
import { isMet, requires } from '../../kit/requires.js';
import { run } from '../../kit/run.js';
import { type Served, stratumServe } from '../../kit/stratum-serve.js';
import { bytesOf } from './kit.js';

const MINUTE_MS = 60_000;
const scratch = mkdtempSync(join(tmpdir(), 'stratum-peers-'));
const PLAIN = '--dest-tls-verify=false';
const FROM_PLAIN = '--src-tls-verify=false';

let served: Served;

beforeAll(async () => {
  served = await stratumServe(join(scratch, 'store'));
});

afterAll(async () => {
  await served?.stop();
  rmSync(scratch, { recursive: true, force: true });
});

const place = (name: string): string => join(scratch, name);

/** The digest that our registry has under a name. */
async function digestAt(name: string, tag: string): Promise<string | null> {
  const { headers } = await fetch(`${served.url}/v2/${name}/manifests/${tag}`, { method: 'HEAD' });
  return headers.get('docker-content-digest');
}

/** The digest of the one image in a layout. */
function digestIn(layout: string): string {
  const { manifests } = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')) as {
    manifests: { digest: string }[];
  };
  return manifests[0]?.digest ?? '';
}

/** An OCI layout of an image for two platforms, made by hand. */
class Layout {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
    mkdirSync(join(root, 'blobs', 'sha256'), { recursive: true });
    writeFileSync(join(root, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  }

  add(mediaType: string, bytes: Uint8Array, extra: object = {}): { mediaType: string; digest: Digest; size: number } {
    const digest = digestOf(bytes);
    writeFileSync(join(this.root, 'blobs', 'sha256', encodedOf(digest)), bytes);
    return { mediaType, digest, size: bytes.length, ...extra };
  }

  image(architecture: string): { mediaType: string; digest: Digest; size: number } {
    const layer = new Uint8Array(1024 * 10); // an empty tar
    const config = {
      architecture,
      os: 'linux',
      rootfs: { type: 'layers', diff_ids: [digestOf(layer)] },
      config: { Labels: { a: architecture } },
    };
    const manifest = {
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      config: this.add(OCI_CONFIG, canonicalJson(config)),
      // Compressed: skopeo would compress it on the way, and the digest be another.
      layers: [this.add(OCI_LAYER_GZIP, gzipSync(layer))],
    };
    return this.add(OCI_MANIFEST, canonicalJson(manifest), { platform: { architecture, os: 'linux' } });
  }

  tag(descriptor: object): void {
    const manifests = [{ ...descriptor, annotations: { 'org.opencontainers.image.ref.name': 'x' } }];
    writeFileSync(join(this.root, 'index.json'), canonicalJson({ schemaVersion: 2, manifests }));
  }
}

describe('skopeo', () => {
  const withImage = requires('skopeo', ...REAL_IMAGE_NEEDS);
  const withSkopeo = requires('skopeo');
  let image: RealImage;

  beforeAll(async () => {
    if (REAL_IMAGE_NEEDS.every(isMet)) image = await realImage();
  }, MINUTE_MS);

  withImage(
    'pushes and pulls a real image, and its digest stays',
    async () => {
      await run('skopeo', ['copy', PLAIN, `oci:${image.layout}:real`, `docker://${served.host}/real/one:v1`]);
      await run('skopeo', ['copy', FROM_PLAIN, `docker://${served.host}/real/one:v1`, `oci:${place('pulled')}:x`]);
      expect(digestIn(place('pulled'))).toBe(digestIn(image.layout));
      expect(await digestAt('real/one', 'v1')).toBe(digestIn(image.layout));
    },
    MINUTE_MS,
  );

  withImage(
    'mounts what another repository has',
    async () => {
      const { host } = served;
      await run('skopeo', ['copy', PLAIN, `oci:${image.layout}:real`, `docker://${host}/real/two:v1`]);
      await run('skopeo', [
        'copy',
        FROM_PLAIN,
        PLAIN,
        `docker://${host}/real/two:v1`,
        `docker://${host}/real/three:v1`,
      ]);
      expect(await digestAt('real/three', 'v1')).toBe(digestIn(image.layout));
    },
    MINUTE_MS,
  );

  withImage(
    "pushes and pulls in Docker's format",
    async () => {
      const name = `docker://${served.host}/real/docker:v1`;
      await run('skopeo', ['copy', PLAIN, '--format', 'v2s2', `oci:${image.layout}:real`, name]);
      const raw = JSON.parse(await run('skopeo', ['inspect', '--raw', '--tls-verify=false', name])) as JsonObject;
      expect(raw['mediaType']).toBe('application/vnd.docker.distribution.manifest.v2+json');
      await run('skopeo', ['copy', FROM_PLAIN, name, `docker-archive:${place('docker.tar')}:localhost/x:1`]);
    },
    MINUTE_MS,
  );

  withSkopeo(
    'pushes and pulls an image for two platforms, and its digest stays',
    async () => {
      const layout = new Layout(place('multi'));
      const index = layout.add(
        OCI_INDEX,
        canonicalJson({
          schemaVersion: 2,
          mediaType: OCI_INDEX,
          manifests: [layout.image('amd64'), layout.image('arm64')],
        }),
      );
      layout.tag(index);
      const name = `docker://${served.host}/multi:v1`;
      await run('skopeo', ['copy', '--all', PLAIN, `oci:${layout.root}:x`, name]);
      expect(await digestAt('multi', 'v1')).toBe(index.digest);
      await run('skopeo', ['copy', '--all', FROM_PLAIN, name, `oci:${place('multi-pulled')}:x`]);
      expect(digestIn(place('multi-pulled'))).toBe(index.digest);
      const arm = JSON.parse(
        await run('skopeo', ['inspect', '--tls-verify=false', '--override-arch', 'arm64', name]),
      ) as JsonObject;
      expect(arm['Architecture']).toBe('arm64');
    },
    MINUTE_MS,
  );

  withSkopeo(
    'pushes an artifact that refers to an image, and it is listed',
    async () => {
      const subjects = new Layout(place('subject'));
      const subject = subjects.image('amd64');
      subjects.tag(subject);
      await run('skopeo', ['copy', PLAIN, `oci:${subjects.root}:x`, `docker://${served.host}/referred:v1`]);
      const artifacts = new Layout(place('artifact'));
      const manifest = canonicalJson({
        schemaVersion: 2,
        mediaType: OCI_MANIFEST,
        artifactType: 'application/vnd.example.sbom',
        config: artifacts.add('application/vnd.oci.empty.v1+json', new TextEncoder().encode('{}')),
        layers: [artifacts.add('application/vnd.example.sbom', bytesOf(100))],
        subject: { mediaType: OCI_MANIFEST, digest: subject.digest, size: subject.size },
        annotations: { 'org.example': 'yes' },
      });
      const artifact = artifacts.add(OCI_MANIFEST, manifest);
      artifacts.tag(artifact);
      await run('skopeo', ['copy', PLAIN, `oci:${artifacts.root}:x`, `docker://${served.host}/referred:sbom`]);
      const listed = await fetch(
        `${served.url}/v2/referred/referrers/${subject.digest}?artifactType=application/vnd.example.sbom`,
      );
      expect((await listed.json()) as JsonObject).toMatchObject({
        manifests: [
          {
            digest: artifact.digest,
            artifactType: 'application/vnd.example.sbom',
            annotations: { 'org.example': 'yes' },
          },
        ],
      });
      await run('skopeo', [
        'copy',
        FROM_PLAIN,
        `docker://${served.host}/referred:sbom`,
        `oci:${place('artifact-pulled')}:x`,
      ]);
      expect(digestIn(place('artifact-pulled'))).toBe(artifact.digest);
    },
    MINUTE_MS,
  );

  withSkopeo(
    'lists tags, and deletes',
    async () => {
      const layout = new Layout(place('tags'));
      layout.tag(layout.image('amd64'));
      for (const tag of ['a', 'b']) {
        await run('skopeo', ['copy', PLAIN, `oci:${layout.root}:x`, `docker://${served.host}/tags:${tag}`]);
      }
      const list = async (): Promise<unknown> =>
        (
          JSON.parse(
            await run('skopeo', ['list-tags', '--tls-verify=false', `docker://${served.host}/tags`]),
          ) as JsonObject
        )['Tags'];
      expect(await list()).toEqual(['a', 'b']);
      await run('skopeo', ['delete', '--tls-verify=false', `docker://${served.host}/tags:a`]);
      expect(await digestAt('tags', 'b')).toBeNull();
    },
    MINUTE_MS,
  );

  describe.each([
    ['passwords', []],
    ['tokens', ['--token']],
  ] as const)('with %s', (kind, args) => {
    let own: Served;

    beforeAll(async () => {
      const file = place(`users-${kind}`);
      writeFileSync(file, `alice:${await hash('s3cret', 5)}\n`);
      own = await stratumServe(place(`store-${kind}`), ['--htpasswd', file, ...args]);
    });

    afterAll(async () => {
      await own.stop();
    });

    withSkopeo(
      'logs in, pushes and pulls',
      async () => {
        const authfile = place(`auth-${kind}.json`);
        await run('skopeo', [
          'login',
          '--tls-verify=false',
          '-u',
          'alice',
          '-p',
          's3cret',
          '--authfile',
          authfile,
          own.host,
        ]);
        const layout = new Layout(place(`private-${kind}`));
        layout.tag(layout.image('amd64'));
        const name = `docker://${own.host}/private:v1`;
        await run('skopeo', ['copy', PLAIN, '--authfile', authfile, `oci:${layout.root}:x`, name]);
        await run('skopeo', [
          'copy',
          FROM_PLAIN,
          '--authfile',
          authfile,
          name,
          `oci:${place(`private-pulled-${kind}`)}:x`,
        ]);
        expect(digestIn(place(`private-pulled-${kind}`))).toBe(digestIn(layout.root));
      },
      MINUTE_MS,
    );

    withSkopeo(
      'is kept out with a wrong password, or none',
      async () => {
        const wrong = [
          'login',
          '--tls-verify=false',
          '-u',
          'alice',
          '-p',
          'wrong',
          '--authfile',
          place('wrong.json'),
          own.host,
        ];
        await expect(run('skopeo', wrong)).rejects.toThrow(/unauthorized|invalid username/i);
        const anonymous = [
          'inspect',
          '--tls-verify=false',
          '--authfile',
          place('none.json'),
          `docker://${own.host}/private:v1`,
        ];
        await expect(run('skopeo', anonymous)).rejects.toThrow(/unauthorized|authentication required/i);
      },
      MINUTE_MS,
    );
  });
});

describe('podman', () => {
  const withPodman = requires(...REAL_IMAGE_NEEDS, ...PODMAN_NEEDS);

  withPodman(
    'pushes an image, and pulls it as the same',
    async () => {
      const podman = new Podman(place('podman'));
      const image = await realImage();
      await podman.load(image.dockerArchive);
      const name = `${served.host}/podman/real:v1`;
      const digestFile = place('podman-digest');
      const before = (await podman.call('inspect', '--format', '{{.Id}}', 'localhost/real:1')).trim();
      await podman.call('push', '--tls-verify=false', '--digestfile', digestFile, 'localhost/real:1', name);
      expect(await digestAt('podman/real', 'v1')).toBe(readFileSync(digestFile, 'utf8').trim());
      await podman.call('rmi', '--force', '--all');
      expect((await podman.call('pull', '-q', '--tls-verify=false', name)).trim()).toBe(before);
    },
    2 * MINUTE_MS,
  );
});

describe('buildah', () => {
  const withBuildah = requires('root', 'overlay', 'buildah');

  withBuildah(
    'makes an image, pushes it, and starts from it',
    async () => {
      const storage = place('buildah');
      mkdirSync(storage);
      writeFileSync(
        join(storage, 'storage.conf'),
        `[storage]\ndriver = "overlay"\nrunroot = "${storage}/run"\ngraphroot = "${storage}/graph"\n`,
      );
      const buildah = (...args: string[]): Promise<string> =>
        run('buildah', args, {
          env: { CONTAINERS_STORAGE_CONF: join(storage, 'storage.conf'), BUILDAH_ISOLATION: 'chroot' },
        });
      writeFileSync(place('motd'), 'hello\n');
      const container = (await buildah('from', 'scratch')).trim();
      await buildah('copy', container, place('motd'), '/etc/motd');
      const name = `${served.host}/buildah:v1`;
      const id = (await buildah('commit', '-q', '--rm', container, 'localhost/made')).trim();
      await buildah(
        'push',
        '--tls-verify=false',
        '--digestfile',
        place('buildah-digest'),
        'localhost/made',
        `docker://${name}`,
      );
      expect(await digestAt('buildah', 'v1')).toBe(readFileSync(place('buildah-digest'), 'utf8').trim());
      await buildah('rmi', '--force', id);
      const again = (await buildah('from', '--tls-verify=false', name)).trim();
      const mounted = (await buildah('mount', again)).trim();
      expect(readFileSync(join(mounted, 'etc', 'motd'), 'utf8')).toBe('hello\n');
      await buildah('umount', again);
      await buildah('rm', '--all');
    },
    2 * MINUTE_MS,
  );
});
