import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { joinBytes, utf8 } from '../../src/base/bytes.js';
import { StratumError } from '../../src/base/error.js';
import { type ByteStream, collectBytes } from '../../src/base/stream.js';
import {
  type CompressingCodec,
  type Compression,
  compression,
  detectCodec,
  openCompressed,
  portableCompression,
} from '../../src/layer/compression.js';
import { nodeCompression } from '../../src/node/compression.js';

const TEXT = utf8(Array.from({ length: 40_000 }, (_, i) => `line ${i * i}\n`).join(''));
const NOISE = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 2_654_435_761) >>> 13);
const SAMPLES: [string, Uint8Array][] = [
  ['nothing', new Uint8Array(0)],
  ['a byte', utf8('x')],
  ['text', TEXT],
  ['noise', NOISE],
  ['zeros', new Uint8Array(5_000_000)],
];
const CODECS: CompressingCodec[] = ['gzip', 'zstd'];

async function* cut(bytes: Uint8Array, step: number): ByteStream {
  for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
}

/** Comparing large arrays one element at a time takes minutes. */
function expectBytes(actual: Uint8Array, expected: Uint8Array): void {
  expect([actual.length, Buffer.compare(actual, expected)]).toEqual([expected.length, 0]);
}

describe.each([
  ['portable', portableCompression],
  ['node', nodeCompression],
] as [string, Compression][])('%s compression', (_, codecs) => {
  const pack = (codec: CompressingCodec, bytes: Uint8Array, step = 10_000, level?: number) =>
    collectBytes(codecs.compress(codec, cut(bytes, step), level));
  const unpack = (codec: CompressingCodec, bytes: Uint8Array, step = 1000) =>
    collectBytes(codecs.decompress(codec, cut(bytes, step)));
  const failure = async (codec: CompressingCodec, bytes: Uint8Array) => {
    const error = await unpack(codec, bytes).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StratumError);
    return (error as StratumError).code;
  };

  describe.each(CODECS)('of %s', (codec) => {
    it.each(SAMPLES)('gives back %s', async (_name, bytes) => {
      const packed = await pack(codec, bytes);
      expectBytes(await unpack(codec, packed), bytes);
      expect(detectCodec(packed)).toBe(codec);
    });

    it('reads what is joined end to end, wherever it is cut', async () => {
      const packed = joinBytes([await pack(codec, TEXT), await pack(codec, NOISE), await pack(codec, utf8('end'))]);
      const whole = joinBytes([TEXT, NOISE, utf8('end')]);
      for (const step of [997, 65_536, packed.length]) {
        expectBytes(await unpack(codec, packed, step), whole);
      }
    });

    it('gives the same bytes however the input is cut', async () => {
      expectBytes(await pack(codec, TEXT, 777), await pack(codec, TEXT, 100_000));
    });

    it.each([0.2, 0.5, 0.999])('refuses data truncated to %s', async (part) => {
      const packed = await pack(codec, TEXT);
      expect(await failure(codec, packed.subarray(0, Math.floor(packed.length * part)))).toBe('LAYER_INVALID');
    });

    it('refuses data that ends in rubbish', async () => {
      expect(await failure(codec, joinBytes([await pack(codec, TEXT), utf8('rubbish rubbish rubbish')]))).toBe(
        'LAYER_INVALID',
      );
    });

    it('stops when its consumer does', async () => {
      let closed = false;
      async function* endless(): ByteStream {
        try {
          for (;;) yield packed;
        } finally {
          closed = true;
        }
      }
      const packed = await pack(codec, TEXT);
      for await (const chunk of codecs.decompress(codec, endless())) {
        expect(chunk.length).toBeGreaterThan(0);
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(closed).toBe(true);
    });

    it('passes on the error of its source', async () => {
      async function* failing(): ByteStream {
        yield (await pack(codec, TEXT)).subarray(0, 1000);
        throw new RangeError('from the source');
      }
      await expect(collectBytes(codecs.decompress(codec, failing()))).rejects.toThrow('from the source');
      await expect(collectBytes(codecs.compress(codec, failing()))).rejects.toThrow('from the source');
    });
  });

  it('refuses gzip data with a flipped bit', async () => {
    const packed = (await pack('gzip', TEXT)).slice();
    packed[5000] = (packed[5000] as number) ^ 1;
    expect(await failure('gzip', packed)).toBe('LAYER_INVALID');
  });

  it('refuses gzip data with a wrong checksum', async () => {
    const packed = (await pack('gzip', TEXT)).slice();
    packed[packed.length - 8] = (packed.at(-8) as number) ^ 1;
    expect(await failure('gzip', packed)).toBe('LAYER_INVALID');
  });

  it('accepts zeros behind gzip data', async () => {
    const packed = joinBytes([gzipSync(TEXT), new Uint8Array(3000)]);
    for (const step of [1000, packed.length]) expectBytes(await unpack('gzip', packed, step), TEXT);
  });

  it.each([0, 1, 6, 9])('reads gzip of level %i', async (level) => {
    expectBytes(await unpack('gzip', gzipSync(TEXT, { level })), TEXT);
  });

  it('refuses a zstd frame with a huge window', async () => {
    const frame = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0xf8, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    expect(await failure('zstd', frame)).toBe('LIMIT_EXCEEDED');
  });

  it('skips the skippable frames of zstd, however many', async () => {
    const skippable = Uint8Array.of(0x5a, 0x2a, 0x4d, 0x18, 0, 0, 0, 0);
    const many = Array<Uint8Array>(30_000).fill(skippable);
    expectBytes(await unpack('zstd', joinBytes([...many, await pack('zstd', TEXT), skippable]), 100_000), TEXT);
  });
});

describe('parallel gzip', () => {
  it('is one member that any gunzip reads', async () => {
    const { gunzipSync } = await import('node:zlib');
    const big = joinBytes(Array<Uint8Array>(8).fill(TEXT));
    expect(
      Buffer.compare(gunzipSync(await collectBytes(nodeCompression.compress('gzip', cut(big, 50_000)))), big),
    ).toBe(0);
  });

  it('gives the same bytes on one lane and on many', async () => {
    const { gzipInBlocks } = await import('../../src/node/gzip-blocks.js');
    const big = joinBytes(Array<Uint8Array>(8).fill(TEXT));
    expectBytes(
      await collectBytes(gzipInBlocks(cut(big, 50_000), 6, 1)),
      await collectBytes(gzipInBlocks(cut(big, 70_000), 6, 8)),
    );
  });
});

describe('opening a compressed stream', () => {
  it.each([
    ['none', utf8('plain text')],
    ['gzip', gzipSync(utf8('plain text'))],
  ] as const)('recognises %s by content', async (codec, bytes) => {
    for (const step of [1, 100]) {
      const opened = await openCompressed(cut(bytes, step));
      expect(opened.codec).toBe(codec);
      expect(await collectBytes(opened.content)).toEqual(utf8('plain text'));
    }
  });

  it('takes an empty stream as it is', async () => {
    expect(await collectBytes((await openCompressed(new Uint8Array(0))).content)).toHaveLength(0);
  });

  it.each([
    ['bzip2', utf8('BZh91AY&SY')],
    ['xz', Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0)],
  ])('names %s, which it does not read', async (name, bytes) => {
    await expect(openCompressed(bytes)).rejects.toThrow(name);
  });

  it('stops a bomb at its limit', async () => {
    const bomb = gzipSync(new Uint8Array(20_000_000));
    const { content } = await openCompressed(bomb, { contentBytes: 1_000_000 });
    await expect(collectBytes(content)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
  });

  it('uses the compression that is installed', () => {
    expect(compression.get()).toBe(portableCompression);
  });
});
