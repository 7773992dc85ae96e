import { describe, expect, test } from 'vitest';
import { inParallel } from '../../src/base/parallel.js';
import type { Descriptor } from '../../src/blob/descriptor.js';
import { MemoryBlobs } from '../../src/blob/memory.js';
import { copyGraph, storeReader, storeWriter, transferGraph } from '../../src/image/copy.js';
import { OCI_CONFIG, OCI_INDEX, OCI_LAYER, OCI_MANIFEST } from '../../src/image/media-type.js';

async function put(blobs: MemoryBlobs, mediaType: string, content: unknown): Promise<Descriptor> {
  const bytes = Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
  return { mediaType, ...(await blobs.put(bytes)) };
}

async function image(blobs: MemoryBlobs, ...layers: readonly string[]): Promise<Descriptor> {
  return put(blobs, OCI_MANIFEST, {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: await put(blobs, OCI_CONFIG, { layers }),
    layers: await Promise.all(layers.map((text) => put(blobs, OCI_LAYER, text))),
  });
}

async function index(blobs: MemoryBlobs, ...manifests: readonly Descriptor[]): Promise<Descriptor> {
  return put(blobs, OCI_INDEX, { schemaVersion: 2, mediaType: OCI_INDEX, manifests });
}

describe('copying a graph', () => {
  test('moves what is pointed at before what points', async () => {
    const [from, to] = [new MemoryBlobs(), new MemoryBlobs()];
    const top = await index(from, await image(from, 'a', 'b'), await image(from, 'b', 'c'));
    const order: string[] = [];
    const added = await copyGraph(from, to, top, {
      concurrency: 3,
      onBlob: ({ mediaType }, status) => status === 'done' && order.push(mediaType),
    });
    expect(added).toHaveLength(8);
    expect(order.slice(0, 5).sort()).toEqual([OCI_CONFIG, OCI_CONFIG, OCI_LAYER, OCI_LAYER, OCI_LAYER]);
    expect(order.slice(5)).toEqual([OCI_MANIFEST, OCI_MANIFEST, OCI_INDEX]);
  });

  test('takes of an index what is selected', async () => {
    const [from, to] = [new MemoryBlobs(), new MemoryBlobs()];
    const [one, other] = [await image(from, 'a'), await image(from, 'b')];
    await copyGraph(from, to, await index(from, one, other), { select: ({ manifests }) => manifests.slice(1) });
    expect(await to.stat(one.digest)).toBeUndefined();
    expect(await to.stat(other.digest)).toBeDefined();
  });

  test('reads nothing of a blob that is there', async () => {
    const [from, to] = [new MemoryBlobs(), new MemoryBlobs()];
    const top = await image(from, 'a', 'b');
    await put(to, OCI_LAYER, 'a');
    const read: string[] = [];
    const reader = storeReader(from);
    const watched: typeof reader = {
      ...reader,
      get: (descriptor) => {
        read.push(descriptor.mediaType);
        return reader.get(descriptor);
      },
    };
    await transferGraph(watched, storeWriter(to), top);
    expect(read.sort()).toEqual([OCI_CONFIG, OCI_LAYER, OCI_MANIFEST]);
  });

  test('leaves the manifest where it is when a blob cannot be read', async () => {
    const [from, to] = [new MemoryBlobs(), new MemoryBlobs()];
    const top = await image(from, 'a', 'b');
    await from.delete((await put(new MemoryBlobs(), OCI_LAYER, 'a')).digest);
    await expect(copyGraph(from, to, top)).rejects.toMatchObject({ code: 'BLOB_UNKNOWN' });
    expect(await to.stat(top.digest)).toBeUndefined();
  });

  test('refuses a manifest that is not what its descriptor promises', async () => {
    const from = new MemoryBlobs();
    const top = { ...(await image(from, 'a')), mediaType: OCI_INDEX };
    await expect(copyGraph(from, new MemoryBlobs(), top)).rejects.toMatchObject({ code: 'MANIFEST_INVALID' });
  });
});

describe('work on several things at a time', () => {
  test('is never on more than so many', async () => {
    let [now, most] = [0, 0];
    await inParallel([...Array(20).keys()], 3, async () => {
      most = Math.max(most, ++now);
      await new Promise((done) => setTimeout(done, 1));
      now--;
    });
    expect(most).toBe(3);
  });

  test('begins nothing more when one failed, and ends when the others have', async () => {
    const ended: number[] = [];
    const work = async (item: number): Promise<void> => {
      await new Promise((done) => setTimeout(done, item * 5));
      if (item === 1) throw new Error('one');
      ended.push(item);
    };
    await expect(inParallel([1, 2, 3, 4], 2, work)).rejects.toThrow('one');
    expect(ended).toEqual([2]);
  });
});
