/** What every blob store does; a store that can be damaged or left half-written shows its files too. */

import { expect, it } from 'vitest';
import { utf8 } from '../../src/base/bytes.js';
import { isStratumError } from '../../src/base/error.js';
import { collectBytes } from '../../src/base/stream.js';
import type { BlobStore } from '../../src/blob/store.js';
import { digestOf } from '../../src/digest/hasher.js';

/** A new, empty store, and the names of every file that it has written. */
export interface BlobSubject {
  readonly store: BlobStore;
  leftovers(): Promise<readonly string[]>;
}

const BYTES = utf8('0123456789');
const DIGEST = digestOf(BYTES);
const OTHER = digestOf(utf8('other'));

/** The code that a failing promise carries; `undefined` when it does not fail with one. */
export async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return isStratumError(error) ? error.code : undefined;
}

async function listed(store: BlobStore): Promise<unknown[]> {
  const blobs: unknown[] = [];
  for await (const blob of store.list()) blobs.push(blob);
  return blobs;
}

/** Declares the tests that every blob store passes. */
export function blobStoreContract(open: () => Promise<BlobSubject>): void {
  it('gives back what was put, whole and in ranges', async () => {
    const { store } = await open();
    expect(await store.put([BYTES.subarray(0, 3), BYTES.subarray(3)])).toEqual({ digest: DIGEST, size: 10 });
    expect(await collectBytes(store.get(DIGEST))).toEqual(BYTES);
    expect(await collectBytes(store.get(DIGEST, { offset: 2, length: 3 }))).toEqual(BYTES.slice(2, 5));
    expect(await collectBytes(store.get(DIGEST, { offset: 7 }))).toEqual(BYTES.slice(7));
    expect(await collectBytes(store.get(DIGEST, { offset: 8, length: 9 }))).toEqual(BYTES.slice(8));
    expect(await collectBytes(store.get(DIGEST, { offset: 10 }))).toHaveLength(0);
  });

  it('keeps blobs under sha512', async () => {
    const { store } = await open();
    const digest = digestOf(BYTES, 'sha512');
    expect(await store.put(BYTES, { digest })).toEqual({ digest, size: 10 });
    expect(await collectBytes(store.get(digest))).toEqual(BYTES);
    expect(await store.stat(DIGEST)).toBeUndefined();
  });

  it('lists by digest and deletes once', async () => {
    const { store } = await open();
    await store.put(utf8('other'));
    await store.put(BYTES);
    expect(await listed(store)).toEqual(
      [
        { digest: DIGEST, size: 10 },
        { digest: OTHER, size: 5 },
      ].sort((a, b) => (a.digest < b.digest ? -1 : 1)),
    );
    expect([await store.delete(OTHER), await store.delete(OTHER)]).toEqual([true, false]);
    expect(await listed(store)).toEqual([{ digest: DIGEST, size: 10 }]);
  });

  it('says that a blob is not there', async () => {
    const { store } = await open();
    expect(await store.stat(DIGEST)).toBeUndefined();
    expect(await codeOf(collectBytes(store.get(DIGEST)))).toBe('BLOB_UNKNOWN');
  });

  it('puts the same blob twice as once', async () => {
    const { store, leftovers } = await open();
    await store.put(BYTES);
    const before = await leftovers();
    await Promise.all([store.put(BYTES), store.put(BYTES, { digest: DIGEST, size: 10 })]);
    expect(await listed(store)).toEqual([{ digest: DIGEST, size: 10 }]);
    expect(await leftovers()).toEqual(before);
  });

  const refused = [
    { name: 'another digest', expected: { digest: OTHER }, code: 'DIGEST_INVALID' },
    { name: 'fewer bytes than expected', expected: { size: 11 }, code: 'SIZE_INVALID' },
    { name: 'more bytes than expected', expected: { digest: DIGEST, size: 9 }, code: 'SIZE_INVALID' },
  ] as const;
  for (const { name, expected, code } of refused) {
    it(`keeps nothing of a blob with ${name}`, async () => {
      const { store, leftovers } = await open();
      const before = await leftovers();
      expect(await codeOf(store.put(BYTES, expected))).toBe(code);
      expect(await listed(store)).toEqual([]);
      expect(await leftovers()).toEqual(before);
    });
  }

  it('keeps nothing of a stream that breaks off', async () => {
    const { store, leftovers } = await open();
    const before = await leftovers();
    async function* broken(): AsyncIterable<Uint8Array> {
      yield BYTES;
      throw new Error('connection lost');
    }
    await expect(store.put(broken())).rejects.toThrow('connection lost');
    expect(await leftovers()).toEqual(before);
  });
}
