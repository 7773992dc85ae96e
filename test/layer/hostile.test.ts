import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../src/base/bytes.js';
import { StratumError } from '../../src/base/error.js';
import { collectBytes } from '../../src/base/stream.js';
import { portableCompression } from '../../src/layer/compression.js';
import { Layer } from '../../src/layer/layer.js';
import { Snapshots } from '../../src/layer/snapshots.js';
import { member, tarOf } from './layers.js';

const TEXT = utf8(Array.from({ length: 3000 }, (_, i) => `line ${i * i}\n`).join(''));
const LIMITS = { contentBytes: 1_000_000 };

/** Whatever arrives: a layer, or one coded error. */
async function isHandled(bytes: Uint8Array): Promise<void> {
  try {
    const layer = await Layer.fromTar(bytes, { limits: LIMITS });
    new Snapshots().merge([layer]);
  } catch (error) {
    expect(error).toBeInstanceOf(StratumError);
  }
}

describe('damaged layers', () => {
  const tar = tarOf(
    'd d',
    'f d/a text',
    'l l -> d',
    'h h = d/a',
    'f .wh.x',
    member('f m', { mtimeNsec: 5, uid: 9_999_999 }),
  );
  const stored: Promise<Uint8Array>[] = [
    Promise.resolve(tar),
    Promise.resolve(new Uint8Array(gzipSync(tar))),
    Promise.resolve(new Uint8Array(gzipSync(TEXT))),
    collectBytes(portableCompression.compress('zstd', Layer.fromChanges([]).tar())),
    Layer.fromTar(tar).then((layer) => collectBytes(layer.blob({ codec: 'zstd' }).stream)),
    collectBytes(
      portableCompression.compress(
        'zstd',
        (async function* () {
          yield TEXT;
        })(),
      ),
    ),
  ];

  it('end in one coded error, whichever bytes were changed', async () => {
    for (const bytes of await Promise.all(stored)) {
      const changes = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
      await fc.assert(
        fc.asyncProperty(changes, async (edits) => {
          const damaged = bytes.slice();
          for (const [at, value] of edits) damaged[at] = value;
          await isHandled(damaged);
        }),
        { numRuns: 150 },
      );
    }
  });

  it('end in one coded error, wherever they were cut', async () => {
    for (const bytes of await Promise.all(stored)) {
      const step = Math.max(1, Math.floor(bytes.length / 60));
      for (let end = 1; end < bytes.length; end += step) await isHandled(bytes.subarray(0, end));
    }
  });

  it('end in one coded error when they are noise behind a magic number', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0], [0x28, 0xb5, 0x2f, 0xfd]),
        fc.uint8Array({ maxLength: 400 }),
        (magic, noise) => isHandled(Uint8Array.from([...magic, ...noise])),
      ),
      { numRuns: 500 },
    );
  });
});

describe('a large attribute', () => {
  it('survives packing, beyond what one chunk of headers holds', async () => {
    const value = Uint8Array.from({ length: 200_000 }, (_, i) => i);
    const xattrs = new Map([['user.large', value]]);
    const layer = await Layer.fromTar(tarOf('f a', member('f b', { xattrs }), 'f c'));
    const [, change] = layer.changes;
    expect(change?.kind === 'file' && change.attributes.xattrs?.get('user.large')?.length).toBe(200_000);
    expect(Layer.fromChanges(layer.changes).diffId).toBe(layer.diffId);
  });
});
