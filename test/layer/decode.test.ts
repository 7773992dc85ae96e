import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { joinBytes, utf8 } from '../../src/base/bytes.js';
import { StratumError } from '../../src/base/error.js';
import type { DiffID, Digest } from '../../src/digest/digest.js';
import { digestOf } from '../../src/digest/hasher.js';
import { type DecodeOptions, decodeLayer } from '../../src/layer/decode.js';
import { member, tarOf } from './layers.js';

const TAR = tarOf('d etc', 'f etc/passwd root:x:0:0', 'l bin -> usr/bin');
const GZ = new Uint8Array(gzipSync(TAR));
const OTHER = digestOf(utf8('other'));
const DIFF_ID = digestOf(TAR) as DiffID;

async function failure(bytes: Uint8Array, options: DecodeOptions): Promise<StratumError> {
  const error = await decodeLayer(bytes, options).catch((reason: unknown) => reason);
  if (error instanceof StratumError) return error;
  throw error instanceof Error ? error : new Error('accepted');
}

describe('decoding a layer', () => {
  it('gives names, sizes and entries in one pass', async () => {
    const paths: string[] = [];
    const decoded = await decodeLayer(GZ, { entry: (entry) => paths.push(entry.path) });
    expect(decoded).toMatchObject({
      codec: 'gzip',
      digest: digestOf(GZ),
      blobSize: GZ.length,
      diffId: DIFF_ID,
      size: TAR.length,
      entryCount: 3,
    });
    expect(paths).toEqual(['etc', 'etc/passwd', 'bin']);
  });

  it('hands the uncompressed tar on', async () => {
    const chunks: Uint8Array[] = [];
    await decodeLayer(GZ, { tar: (chunk) => void chunks.push(chunk) });
    expect(joinBytes(chunks)).toEqual(TAR);
  });

  it('keeps the skeleton when it is asked to', async () => {
    const { skeleton } = await decodeLayer(TAR, { skeleton: true });
    expect(skeleton.length).toBe(TAR.length - 512);
    expect((await decodeLayer(TAR)).skeleton).toHaveLength(0);
  });

  it('gives a plain layer one name', async () => {
    const decoded = await decodeLayer(TAR);
    expect([decoded.codec, decoded.digest, decoded.diffId]).toEqual(['none', DIFF_ID, DIFF_ID]);
  });

  it('still finds the DiffID when the blob is hashed elsewhere', async () => {
    for (const bytes of [TAR, GZ]) {
      const decoded = await decodeLayer(bytes, { hashBlob: false });
      expect([decoded.digest, decoded.diffId]).toEqual([undefined, DIFF_ID]);
    }
  });

  it('names by sha512 what is expected under sha512', async () => {
    const digest = digestOf(GZ, 'sha512');
    const diffId = digestOf(TAR, 'sha512') as DiffID;
    expect(await decodeLayer(GZ, { expected: { digest, diffId } })).toMatchObject({ digest, diffId });
  });

  it('counts what follows the end of the tar', async () => {
    const padded = joinBytes([TAR, new Uint8Array(9000)]);
    expect((await decodeLayer(padded)).diffId).toBe(digestOf(padded));
  });

  it('accepts a layer without a byte', async () => {
    expect(await decodeLayer(new Uint8Array(0))).toMatchObject({ size: 0, entryCount: 0 });
  });
});

describe('a layer that is not what was expected', () => {
  it.each([
    ['digest', { digest: OTHER }, 'DIGEST_INVALID'],
    ['size, too small', { size: GZ.length - 1 }, 'SIZE_INVALID'],
    ['size, too large', { size: GZ.length + 1 }, 'SIZE_INVALID'],
    ['DiffID', { diffId: OTHER as DiffID }, 'DIFFID_MISMATCH'],
  ])('fails by its %s', async (_, expected, code) => {
    expect((await failure(GZ, { expected })).code).toBe(code);
  });

  it('is blamed for its digest before the damage that shows it', async () => {
    const flipped = GZ.slice();
    flipped[40] = (flipped[40] as number) ^ 0xff;
    const error = await failure(flipped, { expected: { digest: digestOf(GZ), diffId: DIFF_ID } });
    expect([error.code, error.digest]).toEqual(['DIGEST_INVALID', digestOf(GZ)]);
  });

  it('is blamed for its size when it is cut short', async () => {
    const error = await failure(GZ.subarray(0, 100), { expected: { digest: digestOf(GZ), size: GZ.length } });
    expect([error.code, error.digest]).toEqual(['SIZE_INVALID', digestOf(GZ)]);
  });

  it('names blob, entry and offset of damage that its digest covers', async () => {
    const bad = TAR.slice();
    bad[512 + 148] = 0x39;
    const digest: Digest = digestOf(bad);
    expect(await failure(bad, { expected: { digest } })).toMatchObject({ code: 'TAR_INVALID', digest, offset: 1024 });
  });

  it('is refused when its content passes the limit', async () => {
    const bomb = gzipSync(new Uint8Array(30_000_000));
    expect((await failure(bomb, { limits: { contentBytes: 1_000_000 } })).code).toBe('LIMIT_EXCEEDED');
  });

  it('is refused when it has too many entries', async () => {
    expect((await failure(TAR, { limits: { entries: 2 } })).code).toBe('LIMIT_EXCEEDED');
  });

  it('closes its source', async () => {
    let closed = false;
    async function* source() {
      try {
        yield utf8('x'.repeat(2000));
        yield utf8('y');
      } finally {
        closed = true;
      }
    }
    await expect(decodeLayer(source())).rejects.toMatchObject({ code: 'TAR_INVALID' });
    expect(closed).toBe(true);
  });
});

describe('what is kept of a chunk', () => {
  it('does not keep the whole chunk alive', async () => {
    const tar = tarOf(member('f a', { xattrs: new Map([['user.x', utf8('value')]]) }));
    const values: Uint8Array[] = [];
    const chunk = Buffer.from(joinBytes([tar, new Uint8Array(100_000)]));
    const { skeleton } = await decodeLayer(chunk, {
      skeleton: true,
      entry: (entry) => values.push(...(entry.xattrs?.values() ?? [])),
    });
    expect([values[0]?.buffer.byteLength, skeleton.buffer === chunk.buffer]).toEqual([5, false]);
  });
});
