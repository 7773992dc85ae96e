import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../src/base/bytes.js';
import { type ByteStream, collectBytes } from '../../src/base/stream.js';
import type { DiffID } from '../../src/digest/digest.js';
import { digestOf } from '../../src/digest/hasher.js';
import { tapLayer } from '../../src/layer/tap.js';
import { file } from '../tar/entries.js';
import { tarOf } from './layers.js';

const TAR = tarOf('d d', file('d/large', new Uint8Array(9_000_000).fill(7)), 'f z end');
const GZ = new Uint8Array(gzipSync(TAR));

async function* cut(bytes: Uint8Array, step: number): ByteStream {
  for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
}

describe('a tapped layer', () => {
  it.each([
    ['plain', TAR],
    ['gzip', GZ],
  ])('passes unchanged and is decoded on the way: %s', async (_, bytes) => {
    const tap = tapLayer(cut(bytes, 100_000));
    const passed = await collectBytes(tap.stream);
    expect(Buffer.compare(passed, bytes)).toBe(0);
    expect(await tap.decoded).toMatchObject({ digest: digestOf(bytes), diffId: digestOf(TAR), entryCount: 3 });
  });

  it('fails before its stream has ended when the DiffID is wrong', async () => {
    const { stream, decoded } = tapLayer(GZ, { expected: { diffId: digestOf(utf8('x')) as DiffID } });
    await expect(collectBytes(stream)).rejects.toMatchObject({ code: 'DIFFID_MISMATCH' });
    await expect(decoded).rejects.toMatchObject({ code: 'DIFFID_MISMATCH' });
  });

  it('fails early when it is no layer', async () => {
    let taken = 0;
    async function* endless(): ByteStream {
      for (;;) {
        taken++;
        yield utf8('no tar at all '.repeat(1000));
      }
    }
    await expect(collectBytes(tapLayer(endless()).stream)).rejects.toMatchObject({ code: 'TAR_INVALID' });
    expect(taken).toBeLessThan(10_000);
  });

  it('fails with the error of its source', async () => {
    async function* failing(): ByteStream {
      yield GZ.subarray(0, 500);
      throw new RangeError('from the source');
    }
    const { stream, decoded } = tapLayer(failing());
    await expect(collectBytes(stream)).rejects.toThrow('from the source');
    await expect(decoded).rejects.toThrow('from the source');
  });

  it('is aborted when its stream is left', async () => {
    const { stream, decoded } = tapLayer(cut(TAR, 1000));
    for await (const chunk of stream) {
      expect(chunk).toHaveLength(1000);
      break;
    }
    await expect(decoded).rejects.toMatchObject({ code: 'ABORTED' });
  });
});
