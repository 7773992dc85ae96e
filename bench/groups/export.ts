/** Writing a layer: tar with its digest, and gzip in blocks on one and on more threads. */

import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { byteStream } from '../../src/base/stream.js';
import { gzipInBlocks } from '../../src/node/gzip-blocks.js';
import type { Group } from '../context.js';
import { sized } from '../context.js';
import { type AnyShot, expectEqual, oneShot, shot } from '../one-shot.js';
import { bigLayerFiles } from '../rivals/oci-layout.js';
import { exportUpper, unionOf } from '../subject.js';

export const exporting: Group = {
  name: 'export',
  about: 'Exporting a layer: tar, digest and gzip',
  run: async (context) => {
    const files = bigLayerFiles(sized(context, 250_000_000, 8_000_000));
    const union = await unionOf([[]]);
    for (const { path, content } of files) {
      union.fs.mkdirSync(path.slice(0, path.lastIndexOf('/')), { recursive: true });
      union.fs.writeFileSync(path, content);
    }
    const layer = await union.toLayer();
    const tar = layer.bytes.read(0, layer.size);
    const checkDigest = (digest: string): void => expectEqual(digest, layer.diffId, 'digest of the tar');
    await oneShot(
      'export',
      [
        shot({
          subject: 'stratum',
          at: 'tar and digest',
          bytes: tar.length,
          prepare: () => union.fork(),
          run: exportUpper,
          check: ({ digest }) => checkDigest(digest),
        }),
        shot({
          subject: 'stratum',
          at: 'toLayer()',
          bytes: tar.length,
          prepare: () => union.fork(),
          run: (fork) => fork.toLayer(),
          check: ({ diffId }) => checkDigest(diffId),
        }),
        shot({
          subject: 'sha256 alone',
          at: '',
          bytes: tar.length,
          prepare: () => tar,
          run: sha256,
          check: (hex) => checkDigest(`sha256:${hex}`),
        }),
      ],
      context,
    );
    const part = tar.subarray(0, sized(context, 48_000_000, 3_000_000));
    await oneShot('gzip', gzipShots(part), context);
  },
};

function sha256(bytes: Uint8Array): string {
  const hash = createHash('sha256');
  for (let at = 0; at < bytes.length; at += 1 << 20) hash.update(bytes.subarray(at, at + (1 << 20)));
  return hash.digest('hex');
}

/** The same bytes, however many blocks are deflated at a time: one, or what fills the cores, as a layer is packed. */
function gzipShots(bytes: Uint8Array): AnyShot[] {
  let first: string | undefined;
  const lanes = (
    [
      ['one block at a time', 1],
      ['two blocks at a time', 2],
      ['all cores', undefined],
    ] as const
  ).map(([at, blocks]) =>
    shot({
      subject: 'stratum',
      at,
      bytes: bytes.length,
      prepare: () => undefined,
      run: () => gzipWith(bytes, blocks),
      check: (hex) => {
        first ??= hex;
        expectEqual(hex, first, `gzip, ${at}`);
      },
    }),
  );
  return [
    ...lanes,
    shot({
      subject: 'zlib gzipSync',
      at: '',
      bytes: bytes.length,
      prepare: () => undefined,
      run: () => gzipSync(bytes, { level: 6 }),
      check: (out) => expectEqual(out.length > 0, true, 'output'),
    }),
  ];
}

async function gzipWith(bytes: Uint8Array, blocks: number | undefined): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of gzipInBlocks(byteStream(bytes), 6, blocks)) hash.update(chunk);
  return hash.digest('hex');
}
