/** Lesson: digests, DiffIDs and ChainIDs. */

import { type ChainID, type DiffID, type Digest, shortId } from '../../digest/digest.js';
import { chainIds } from '../../layer/chain.js';
import type { Lesson, LessonWorld, Verdict } from '../lesson.js';
import { imageOf, usageOf } from '../look.js';
import { DONE, missing } from '../verdict.js';
import { BLOB, CHAINID, CONFIG, DIFFID, DIGEST } from '../words.js';
import { BASE, TINY } from './bases.js';

const CHOICES = ['its DiffID', 'its ChainID', 'the digest of its blob'] as const;

export const DIGESTS: Lesson = {
  id: 'digests',
  title: 'Digests, DiffIDs and ChainIDs',
  aim: 'You will tell the three names of a layer apart, and know what changes each of them.',
  minutes: 9,
  intro:
    'Everything here is named by what is in it. A digest is computed from bytes, so equal bytes have one name, on every ' +
    'machine, and who has the name can check the bytes. A layer has three such names, and they answer three questions.',
  start: {
    files: {
      'a.Dockerfile': 'FROM tiny:1\nCOPY note.txt /srv/\n',
      'b.Dockerfile': 'FROM base:1\nCOPY note.txt /srv/\n',
      'note.txt': 'the same note\n',
    },
    images: [TINY, BASE],
  },
  steps: [
    {
      kind: 'task',
      id: 'build',
      goal:
        'Both Dockerfiles copy the same note, one onto `tiny:1`, one onto `base:1`. Build `app:a` and `app:b` of them. ' +
        'Times are bytes too, so give both the same: `--timestamp 0`.',
      words: [DIGEST, DIFFID],
      hint: '`stratum build --timestamp 0 -f a.Dockerfile -t app:a .`, and the same with b.',
      shows: ['build', 'layers'],
      solution: [
        { kind: 'command', line: 'stratum build --timestamp 0 -f a.Dockerfile -t app:a .' },
        { kind: 'command', line: 'stratum build --timestamp 0 -f b.Dockerfile -t app:b .' },
      ],
      check: checkBuilt,
      tell: async (world) =>
        `The top layer of both is ${shown((await namesOf(world, 'app:a')).diffId)}: neither build knew of the other.`,
    },
    {
      kind: 'question',
      id: 'diffid',
      goal: 'Find the layer that both images have on top: `stratum layers app:a` and `stratum layers app:b`. What is its DiffID? The first digits are enough.',
      hint: 'It is in the first line of both lists, under DIFF ID.',
      shows: ['layers'],
      question: { kind: 'digest' },
      answer: async (world) => (await namesOf(world, 'app:a')).diffId ?? '',
      tell: async () =>
        'The DiffID is the digest of the uncompressed tar. It says: what does this layer change? It knows nothing of what is below.',
    },
    {
      kind: 'question',
      id: 'chain',
      goal: 'The same layer stands on two different stacks. Which of its names is not the same in `app:a` and in `app:b`?',
      words: [CHAINID, BLOB],
      hint: 'One of the three names is made of all the layers from the bottom up to this one.',
      shows: ['layers'],
      question: { kind: 'choice', choices: CHOICES },
      answer: async (world) => differing(await namesOf(world, 'app:a'), await namesOf(world, 'app:b')),
      tell: async (world) =>
        `The ChainIDs are ${shown((await namesOf(world, 'app:a')).chainId)} and ` +
        `${shown((await namesOf(world, 'app:b')).chainId)}. A ChainID says: what does one see from up here? A build ` +
        'looks into its cache by it.',
    },
    {
      kind: 'task',
      id: 'codecs',
      goal:
        'Now pack one and the same change twice. Let a container `more` of `app:a` write `/srv/more.txt`, and commit it ' +
        'as `more:gzip` with `--compression gzip`, and as `more:zstd` with `--compression zstd`.',
      hint: "First `stratum run --name more app:a sh -c 'echo more > /srv/more.txt'`, then `stratum commit --compression gzip more more:gzip`.",
      shows: ['containers', 'layers'],
      solution: [
        { kind: 'command', line: "stratum run --name more app:a sh -c 'echo more > /srv/more.txt'" },
        { kind: 'command', line: 'stratum commit --compression gzip more more:gzip' },
        { kind: 'command', line: 'stratum commit --compression zstd more more:zstd' },
      ],
      check: checkCodecs,
    },
    {
      kind: 'question',
      id: 'blob',
      goal: 'Which name of the top layer is not the same in `more:gzip` and in `more:zstd`?',
      hint: "The change is the same, and so is the stack. `stratum layers --format '{{.DiffID}} {{.Digest}}' more:gzip` shows two of the names.",
      shows: ['layers'],
      question: { kind: 'choice', choices: CHOICES },
      answer: async (world) => differing(await namesOf(world, 'more:gzip'), await namesOf(world, 'more:zstd')),
      tell: async () =>
        'The digest of the blob is that of the bytes as they are stored and sent. It says: did I get what I asked for? ' +
        'Compress anew, and it is another one, though the layer says the same.',
    },
    {
      kind: 'question',
      id: 'image',
      goal:
        'An image has a digest as well: the image ID is that of its config, which lists the DiffIDs. What is the image ' +
        'ID of `app:a`?',
      words: [CONFIG],
      hint: '`stratum images` shows the beginning of each one.',
      shows: ['layers'],
      question: { kind: 'digest' },
      answer: async (world) => (await usageOf(world, 'app:a'))?.id ?? '',
      tell: async () =>
        'So one name stands for all of it: who has the image ID can check the config, and with that every layer.',
    },
  ],
  outro:
    'DiffID: what does the layer change. ChainID: what does one see from here. Digest of the blob: are these the bytes. ' +
    'Equal content has equal names, which is how layers are found to be the same without comparing them.',
};

interface LayerNames {
  readonly diffId: DiffID | undefined;
  readonly chainId: ChainID | undefined;
  readonly digest: Digest | undefined;
}

/** The three names of the top layer of an image. */
async function namesOf(world: LessonWorld, ref: string): Promise<LayerNames> {
  const image = await imageOf(world, ref);
  if (image === undefined) return { diffId: undefined, chainId: undefined, digest: undefined };
  const top = (await world.engine.history(ref)).find(({ layer }) => layer !== undefined)?.layer;
  return {
    diffId: top?.diffId,
    digest: top?.digest,
    chainId: chainIds(image.layers.map(({ diffId }) => diffId)).at(-1),
  };
}

function shown(name: Digest | undefined): string {
  return name === undefined ? 'gone' : shortId(name);
}

/** The choice that names what is not the same, from the innermost name outwards. */
function differing(a: LayerNames, b: LayerNames): string {
  if (a.diffId !== b.diffId) return CHOICES[0];
  return a.chainId === b.chainId ? CHOICES[2] : CHOICES[1];
}

async function checkBuilt(world: LessonWorld): Promise<Verdict> {
  const [a, b] = [await namesOf(world, 'app:a'), await namesOf(world, 'app:b')];
  if (a.diffId === undefined) return missing('There is no image `app:a` yet.');
  if (b.diffId === undefined) return missing('There is no image `app:b` yet.');
  if (a.chainId === b.chainId)
    return missing('`app:a` and `app:b` are the same stack: build each with its own Dockerfile (`-f`).');
  return a.diffId === b.diffId ? DONE : missing('The top layers differ: build both with `--timestamp 0`.');
}

async function checkCodecs(world: LessonWorld): Promise<Verdict> {
  const [gzip, zstd] = [await namesOf(world, 'more:gzip'), await namesOf(world, 'more:zstd')];
  if (gzip.diffId === undefined) return missing('There is no image `more:gzip` yet.');
  if (zstd.diffId === undefined) return missing('There is no image `more:zstd` yet.');
  if (gzip.chainId !== zstd.chainId)
    return missing('The two images do not show the same: commit the same container twice.');
  return gzip.digest === zstd.digest
    ? missing('Both are compressed in the same way: say `--compression` for each.')
    : DONE;
}
