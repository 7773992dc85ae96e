/** Lesson: layers, and how images share them. */

import { countText, sizeText } from '../figures.js';
import type { Lesson, LessonWorld, Verdict } from '../lesson.js';
import { changeAt, imageBytes, imageOf, standsOn, storedLayers, usageOf } from '../look.js';
import { DONE, missing } from '../verdict.js';
import { BASE_IMAGE, DOCKERFILE, IMAGE, LAYER, SHARED, STORE } from '../words.js';
import { BASE, TINY } from './bases.js';

const PHOTO_A = 5_000;
const PHOTO_B = 20_000;
const DOCKERFILE_TEXT = 'FROM base:1\nCOPY photo.bin /srv/photo.bin\n';

export const LAYERS: Lesson = {
  id: 'layers',
  title: 'Layers and sharing',
  aim: 'You will see why a hundred images on one base take little more room than one.',
  minutes: 7,
  intro:
    'An image is not one big file. It is a stack of layers. Each layer says what it adds to, changes in or takes from ' +
    'those below. You begin with one image, `base:1`, and two small directories, `a` and `b`.',
  start: {
    files: {
      'a/Dockerfile': DOCKERFILE_TEXT,
      'a/photo.bin': { sizeBytes: PHOTO_A, seed: 'photo a' },
      'b/Dockerfile': DOCKERFILE_TEXT,
      'b/photo.bin': { sizeBytes: PHOTO_B, seed: 'photo b' },
    },
    images: [TINY, BASE],
  },
  steps: [
    {
      kind: 'question',
      id: 'count',
      goal: 'Look at the stack: type `stratum layers base:1`. How many layers has the image?',
      words: [IMAGE, LAYER],
      hint: 'Each line with a number at its left is a layer. The last line says how many there are.',
      shows: ['layers'],
      question: { kind: 'number', unit: 'layers' },
      answer: async (world) => String((await imageOf(world, 'base:1'))?.layers.length ?? 0),
      tell: async () => 'The lowest layer is number 1. What is higher has its way over what is lower.',
    },
    {
      kind: 'task',
      id: 'build-a',
      goal:
        'Read `a/Dockerfile`: it begins with `base:1` and copies one photo into it. Build an image of it, and call it ' +
        '`app:a`.',
      words: [DOCKERFILE, BASE_IMAGE],
      hint: '`stratum build -t NAME DIRECTORY` builds the Dockerfile of a directory under a name.',
      shows: ['build', 'layers'],
      solution: [{ kind: 'command', line: 'stratum build -t app:a a' }],
      check: (world) => checkBuilt(world, 'app:a', PHOTO_A),
      tell: async (world) =>
        `\`app:a\` takes ${sizeText(await imageBytes(world, 'app:a'))}, but only one layer of it is new. ` +
        'Look: `stratum layers app:a`. The shaded ones are those of `base:1`.',
    },
    {
      kind: 'question',
      id: 'predict',
      goal:
        `The photo in \`b\` has ${sizeText(PHOTO_B)}. Before you build: by how many bytes will the store grow when ` +
        '`app:b` is built on the same base? A guess within a half is right.',
      words: [STORE],
      hint: 'The base is there already. What is new is the photo, and two small documents: `stratum df -v` shows what `app:a` has for itself under UNIQUE SIZE.',
      shows: ['layers'],
      question: { kind: 'bytes', tolerance: 0.5 },
      answer: async (world) => String((await overheadBytes(world)) + PHOTO_B),
    },
    {
      kind: 'task',
      id: 'build-b',
      goal: 'Now see whether you were right. Build `b`, and call it `app:b`.',
      hint: 'As before, with another name and another directory.',
      shows: ['build', 'layers'],
      solution: [{ kind: 'command', line: 'stratum build -t app:b b' }],
      check: (world) => checkBuilt(world, 'app:b', PHOTO_B),
      tell: async (world) => {
        const usage = await usageOf(world, 'app:b');
        const said = world.answers['predict'];
        return (
          `You said ${said ?? 'nothing'}; it is ${sizeText(usage?.uniqueSize ?? 0)}. Without sharing it would have ` +
          `been ${sizeText(usage?.size ?? 0)}.`
        );
      },
    },
    {
      kind: 'question',
      id: 'stored',
      goal:
        'Count the layers of `base:1`, `app:a` and `app:b`, one image after the other. Then ask `stratum df -v`: under ' +
        '"Layers" stands each one that is stored. How many different layers does the store hold?',
      words: [SHARED],
      hint: 'Count the lines under "Layers:"; the heading is none.',
      shows: ['layers'],
      question: { kind: 'number', unit: 'layers' },
      answer: async (world) => String((await storedLayers(world)).length),
      tell: async (world) => {
        const { engine } = world;
        const { blobBytes, bytesWithoutSharing } = await engine.df();
        const stacked = await stackedLayers(world);
        return (
          `In the stacks of all images, those of \`tiny:1\` too, stand ${countText(stacked, 'layer')}. The store holds ` +
          `${(await storedLayers(world)).length}: ` +
          `${sizeText(blobBytes)} in place of ${sizeText(bytesWithoutSharing)}.`
        );
      },
    },
    {
      kind: 'task',
      id: 'remove',
      goal: 'What happens to the base when an image on it goes? Remove `app:a`.',
      hint: '`stratum rmi NAME` removes an image.',
      shows: ['layers'],
      solution: [{ kind: 'command', line: 'stratum rmi app:a' }],
      check: async (world) => {
        const [a, b, base] = [
          await imageOf(world, 'app:a'),
          await imageOf(world, 'app:b'),
          await imageOf(world, 'base:1'),
        ];
        if (b === undefined) return missing('`app:b` should stay. Build it again: `stratum build -t app:b b`.');
        if (base === undefined) return missing('`base:1` has lost its name. `skip` goes on without it.');
        return a === undefined ? DONE : missing('`app:a` is still there.');
      },
      tell: async (world) =>
        `\`app:b\` still has its ${countText((await imageOf(world, 'app:b'))?.layers.length ?? 0, 'layer')}: a layer ` +
        'goes only when the last image that needs it has gone.',
    },
  ],
  outro:
    'Layers are never changed and have a name of their own, so that any number of images can stand on the same ones. ' +
    'That is why a big base costs once, on a disk as well as on the way to it.',
};

async function checkBuilt(world: LessonWorld, ref: string, photoBytes: number): Promise<Verdict> {
  const [image, base] = [await imageOf(world, ref), await imageOf(world, 'base:1')];
  if (image === undefined) return missing(`There is no image \`${ref}\` yet.`);
  if (base === undefined || !standsOn(image, base)) {
    return missing(`\`${ref}\` does not stand on \`base:1\`: its Dockerfile must begin with \`FROM base:1\`.`);
  }
  const copied = changeAt(image.layers.at(-1), '/srv/photo.bin');
  if (copied?.kind !== 'file') return missing(`The top layer of \`${ref}\` has no \`/srv/photo.bin\`.`);
  return copied.size === photoBytes ? DONE : missing(`\`${ref}\` has the photo of the other directory.`);
}

/** What an image on the base takes besides its photo: the tar around it, a config and a manifest. */
async function overheadBytes(world: LessonWorld): Promise<number> {
  return ((await usageOf(world, 'app:a'))?.uniqueSize ?? PHOTO_A) - PHOTO_A;
}

/** The layers of every image, counted once for each image that has them. */
async function stackedLayers(world: LessonWorld): Promise<number> {
  return (await storedLayers(world)).reduce((sum, { images }) => sum + images.length, 0);
}
