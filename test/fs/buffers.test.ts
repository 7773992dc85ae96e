import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type * as Buffers from '../../src/fs/buffers.js';

const ENCODINGS = ['utf8', 'latin1', 'hex', 'base64', 'base64url', 'ascii', 'utf16le', 'ucs2', 'binary'] as const;
const TEXTS = ['', 'plain', 'wörd', 'a+b/c=', '\u{1f600}', 'c3a9ff', 'c3a9f', 'zz', 'YWI', 'YWI=', 'Y-_w'];
const BYTES = [[], [0], [0xef, 0xbb, 0xbf, 0x61], [0xff, 0xfe, 0x41], [0xc3, 0xa9, 0x80, 0x7f, 0]];

describe('without Buffer', () => {
  let portable: typeof Buffers;

  beforeAll(async () => {
    vi.resetModules();
    vi.stubGlobal('Buffer', undefined);
    portable = await import('../../src/fs/buffers.js');
    vi.unstubAllGlobals();
  });

  afterAll(() => vi.resetModules());

  it.each(ENCODINGS)('encodes and decodes %s as Buffer does', (encoding) => {
    for (const text of TEXTS) {
      expect([text, ...portable.encodeText(text, encoding)]).toEqual([text, ...Buffer.from(text, encoding)]);
    }
    for (const bytes of BYTES) {
      expect(portable.decodeText(Uint8Array.from(bytes), encoding)).toBe(Buffer.from(bytes).toString(encoding));
    }
  });

  it('gives plain Uint8Arrays', () => {
    const copy = portable.copyToBuffer(Uint8Array.of(1, 2));
    expect(Buffer.isBuffer(copy)).toBe(false);
    expect([...copy]).toEqual([1, 2]);
  });
});

describe('with Buffer', () => {
  it('never gives the same memory twice', async () => {
    const { newBuffer } = await import('../../src/fs/buffers.js');
    const pieces = Array.from({ length: 100 }, (_, i) => newBuffer(1 + i * 50).fill(i));
    expect(pieces.every((piece, i) => piece.length === 1 + i * 50 && piece.every((byte) => byte === i))).toBe(true);
  });
});
