/** Reading a big gzip layer: both digests and the index of its entries. */

import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import zlib from 'node:zlib';
import { extract } from 'tar-stream';
import type { BenchContext, Group } from '../context.js';
import { sized } from '../context.js';
import { type AnyShot, expectEqual, oneShot, shot } from '../one-shot.js';
import { missingCommand, type ProcessRun, runChild, runProcess, stratumBin } from '../process.js';
import { type BigLayer, writeBigLayout } from '../rivals/oci-layout.js';
import { holdLayer, importLayer } from '../subject.js';

const CHUNK = 1024 * 1024;

export const importing: Group = {
  name: 'import',
  about: 'Importing a gzip layer of 250 MB',
  run: async (context) => {
    const layer = writeBigLayout(context.scratch, sized(context, 250_000_000, 8_000_000));
    await oneShot('import', inProcess(layer), context);
    await oneShot('import, whole process', wholeProcess(layer, context), context);
    await residentMemory(layer, context);
  },
};

function inProcess(layer: BigLayer): AnyShot[] {
  const prepare = (): Uint8Array[] => chunksOf(fs.readFileSync(layer.blob));
  const bytes = layer.tarBytes;
  return [
    ...(
      [
        ['', importLayer],
        ['held in memory', holdLayer],
      ] as const
    ).map(([at, run]) =>
      shot({
        subject: 'stratum',
        at,
        bytes,
        prepare,
        run,
        check: ({ diffId, entries }) => {
          expectEqual(diffId, `sha256:${layer.diffId}`, 'DiffID');
          expectEqual(entries >= layer.files, true, 'entries');
        },
      }),
    ),
    shot({
      subject: 'gunzip alone',
      at: '',
      bytes,
      prepare,
      run: gunzipAlone,
      check: (size) => expectEqual(size, layer.tarBytes, 'bytes inflated'),
    }),
    shot({
      subject: 'gunzip and two hashes',
      at: '',
      bytes,
      prepare,
      run: gunzipAndHash,
      check: (hex) => expectEqual(hex, layer.diffId, 'sha256 of the tar'),
    }),
    shot({
      subject: 'gunzip, two hashes and tar-stream',
      at: '',
      bytes,
      prepare,
      run: tarStream,
      check: ({ hex, entries }) => {
        expectEqual(hex, layer.diffId, 'sha256 of the tar');
        expectEqual(entries >= layer.files, true, 'entries');
      },
    }),
  ];
}

function chunksOf(bytes: Uint8Array): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / CHUNK) }, (_, at) =>
    bytes.subarray(at * CHUNK, (at + 1) * CHUNK),
  );
}

function openGunzip(chunks: readonly Uint8Array[]): zlib.Gunzip {
  const gunzip = zlib.createGunzip({ chunkSize: CHUNK });
  for (const chunk of chunks) gunzip.write(chunk);
  gunzip.end();
  return gunzip;
}

async function gunzipAlone(chunks: readonly Uint8Array[]): Promise<number> {
  let size = 0;
  for await (const chunk of openGunzip(chunks)) size += (chunk as Uint8Array).length;
  return size;
}

async function gunzipAndHash(chunks: readonly Uint8Array[]): Promise<string> {
  const [stored, inflated] = [createHash('sha256'), createHash('sha256')];
  for (const chunk of chunks) stored.update(chunk);
  for await (const chunk of openGunzip(chunks)) inflated.update(chunk as Uint8Array);
  stored.digest('hex');
  return inflated.digest('hex');
}

async function tarStream(chunks: readonly Uint8Array[]): Promise<{ hex: string; entries: number }> {
  const [stored, inflated] = [createHash('sha256'), createHash('sha256')];
  for (const chunk of chunks) stored.update(chunk);
  stored.digest('hex');
  let entries = 0;
  const reader = extract();
  reader.on('entry', (_header, body, next) => {
    entries += 1;
    body.on('end', next);
    body.resume();
  });
  const hashed = async function* (source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    for await (const chunk of source) {
      inflated.update(chunk);
      yield chunk;
    }
  };
  await pipeline(openGunzip(chunks), hashed, reader);
  return { hex: inflated.digest('hex'), entries };
}

function wholeProcess(layer: BigLayer, context: BenchContext): AnyShot[] {
  let run = 0;
  const place = (): string => path.join(context.scratch, `run-${run++}`);
  const remove = (directory: string): void => fs.rmSync(directory, { recursive: true, force: true });
  const shots = [
    shot({
      subject: 'stratum load',
      at: '',
      bytes: layer.tarBytes,
      prepare: place,
      run: (root) => runProcess(process.execPath, [stratumBin(), '--root', root, 'load', '--input', layer.layout]),
      check: (_, root) => {
        expectEqual(
          fs.existsSync(path.join(root, 'blobs/sha256', path.basename(layer.blob))),
          true,
          'layer in the store',
        );
      },
      dispose: remove,
    }),
    shot({
      subject: 'gzip -dc | sha256sum',
      at: '',
      bytes: layer.tarBytes,
      prepare: () => undefined,
      run: () => runProcess('sh', ['-c', `gzip -dc < '${layer.blob}' | sha256sum`]),
      check: ({ stdout }: ProcessRun) => expectEqual(stdout.slice(0, 64), layer.diffId, 'sha256 of the tar'),
    }),
  ];
  const missing =
    missingCommand('umoci') ?? (process.getuid?.() === 0 ? undefined : 'umoci unpack keeps owners only as root');
  if (missing !== undefined) context.skip({ bench: 'import, whole process', subject: 'umoci unpack', reason: missing });
  else {
    shots.push(
      shot({
        subject: 'umoci unpack',
        at: '',
        bytes: layer.tarBytes,
        prepare: place,
        run: (bundle) => runProcess('umoci', ['unpack', '--image', `${layer.layout}:${layer.tag}`, bundle]),
        check: (_, bundle) => expectEqual(fs.existsSync(path.join(bundle, 'rootfs/opt/data')), true, 'unpacked files'),
        dispose: remove,
      }),
    );
  }
  return shots;
}

/** The most that a process which imports into a directory store ever held. */
async function residentMemory(layer: BigLayer, context: BenchContext): Promise<void> {
  const rounds: number[] = [];
  for (let round = 0; round < Math.min(3, context.rounds); round++) {
    const root = path.join(context.scratch, `rss-${round}`);
    const { maxRssBytes } = await runChild<{ maxRssBytes: number }>('load', [root, layer.layout]);
    fs.rmSync(root, { recursive: true, force: true });
    rounds.push(maxRssBytes);
  }
  context.record({ bench: 'import, resident memory', subject: 'stratum load', at: '', unit: 'bytes', rounds });
}
