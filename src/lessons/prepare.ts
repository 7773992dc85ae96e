/** The start of a lesson: the learner's files, and images that are built with the learner's own engine. */

import { utf8 } from '../base/bytes.js';
import { treeContext } from '../build/context.js';
import type { Runtime } from '../build/runtime.js';
import { encodedOf } from '../digest/digest.js';
import { digestOf } from '../digest/hasher.js';
import type { Engine } from '../engine/engine.js';
import { UnionFs } from '../fs/union-fs.js';
import type { FileContent, Lesson, PreparedImage } from './lesson.js';

/** Everything that is prepared is as old as this, so that it has the same digests for everybody: 2024-01-01. */
const PREPARED_AT = 1_704_067_200;

/** The files of the learner's directory, by their relative paths. */
export function startFiles(lesson: Lesson): Readonly<Record<string, Uint8Array>> {
  return Object.fromEntries(Object.entries(lesson.start.files).map(([path, content]) => [path, contentBytes(content)]));
}

/** Builds the images that a lesson begins with; the build cache is empty afterwards, as if they had been pulled. */
export async function prepareImages(lesson: Lesson, engine: Engine, runtime: Runtime): Promise<void> {
  for (const image of lesson.start.images ?? []) await prepareImage(image, engine, runtime);
  await engine.prune({ caches: true });
}

async function prepareImage(
  { name, dockerfile, files }: PreparedImage,
  engine: Engine,
  runtime: Runtime,
): Promise<void> {
  const absolute = Object.fromEntries(
    Object.entries(files).map(([path, content]) => [`/${path}`, contentBytes(content)]),
  );
  const context = treeContext(UnionFs.fromJSON(absolute).view.lower);
  await engine.build({ context, dockerfile, tags: [name], runtime, sourceDateEpoch: PREPARED_AT });
}

/** The bytes of a content; those of a seed look random, so that no compression makes them smaller. */
export function contentBytes(content: FileContent): Uint8Array {
  if (typeof content === 'string') return utf8(content);
  const bytes = new Uint8Array(content.sizeBytes);
  const next = numbers(encodedOf(digestOf(utf8(content.seed))));
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = next() >>> 24;
  return bytes;
}

/** Whole numbers below 2^32 without a pattern that anybody would see: Marsaglia's xorshift, of 128 bits. */
function numbers(seedHex: string): () => number {
  let [x, y, z, w] = [0, 8, 16, 24].map((at) => Number.parseInt(seedHex.slice(at, at + 8), 16) | 1) as [
    number,
    number,
    number,
    number,
  ];
  return () => {
    const t = x ^ (x << 11);
    [x, y, z] = [y, z, w];
    w = w ^ (w >>> 19) ^ t ^ (t >>> 8);
    return w;
  };
}
