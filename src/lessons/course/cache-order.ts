/** Lesson: the order of a Dockerfile, and what the cache can do with it. */

import { countText } from '../figures.js';
import type { Lesson, LessonWorld, SeenBuild, Verdict } from '../lesson.js';
import { changeAt, imageOf, type SeenImage } from '../look.js';
import { DONE, missing } from '../verdict.js';
import { CACHE, CONTEXT, STEP } from '../words.js';
import { TINY } from './bases.js';

const MAIN = '/app/main.txt';
const INSTALLED = '/app/installed.txt';
const BAD_ORDER = [
  'FROM tiny:1',
  'WORKDIR /app',
  'COPY . .',
  'RUN sleep 1 && cp packages.txt installed.txt',
  'RUN cat main.txt installed.txt > program.txt',
  '',
].join('\n');

const GOOD_ORDER = [
  'FROM tiny:1',
  'WORKDIR /app',
  'COPY packages.txt .',
  'RUN sleep 1 && cp packages.txt installed.txt',
  'COPY . .',
  'RUN cat main.txt installed.txt > program.txt',
  '',
].join('\n');

export const CACHE_ORDER: Lesson = {
  id: 'cache-order',
  title: 'Cache order',
  aim: 'You will see which line of a Dockerfile makes the next ones run again, and move one line to save the most.',
  minutes: 9,
  intro:
    'A build remembers what every instruction made. When nothing that an instruction depends on has changed, the layer ' +
    'is taken from the cache. The Dockerfile here installs some packages, which takes long (it sleeps), and builds a ' +
    'program of `main.txt`, which you will change often.',
  start: {
    files: { Dockerfile: BAD_ORDER, 'main.txt': 'version one\n', 'packages.txt': 'left-pad\nright-pad\n' },
    images: [TINY],
  },
  steps: [
    {
      kind: 'task',
      id: 'build',
      goal: 'Build the directory as `app:1`.',
      words: [STEP, CONTEXT],
      hint: '`stratum build -t app:1 .`',
      shows: ['files', 'build'],
      solution: [{ kind: 'command', line: 'stratum build -t app:1 .' }],
      check: async (world) => {
        if ((await imageOf(world, 'app:1')) === undefined) return missing('There is no image `app:1` yet.');
        return lastBuild(world) === undefined ? missing('Build it once more: this build was not seen.') : DONE;
      },
      tell: async (world) => `${countText(builtSteps(world), 'step')} had to be done, one after the other.`,
    },
    {
      kind: 'task',
      id: 'again',
      goal: 'Change nothing, and build it again.',
      words: [CACHE],
      hint: 'The same command as before: the arrow key up brings it back.',
      shows: ['build'],
      solution: [{ kind: 'command', line: 'stratum build -t app:1 .' }],
      check: async (world) => {
        const build = lastBuild(world);
        if (build === undefined) return missing('There was no other build of `app:1` yet.');
        return build.steps.every(({ isCached }) => isCached)
          ? DONE
          : missing('Something has changed, so not every step was cached. Build once more.');
      },
      tell: async (world) =>
        `All of the ${countText(lastBuild(world)?.steps.length ?? 0, 'step')} were cached: nothing was done.`,
    },
    {
      kind: 'question',
      id: 'predict',
      goal:
        'Say you change one line of `main.txt`. Predict: how many of the steps will be done again? ' +
        'A step is `WORKDIR`, `COPY` or `RUN`.',
      hint: 'The first step that has changed is `COPY . .`, which takes all files. A step is also done again when a layer below it is another one.',
      shows: ['files', 'build'],
      question: { kind: 'number', unit: 'steps' },
      answer: async (world) => {
        const image = await imageOf(world, 'app:1');
        return String(image === undefined ? 0 : image.layers.length - layerWith(image, MAIN));
      },
    },
    {
      kind: 'task',
      id: 'change',
      goal: 'Try it: write something else to `main.txt`, and build `app:1` again.',
      hint: "`echo 'version two' > main.txt`, and then the same build. `stratum build --explain` says of each step why it was done.",
      shows: ['files', 'build'],
      solution: [
        { kind: 'edit', path: 'main.txt', text: 'version two\n' },
        { kind: 'command', line: 'stratum build --explain -t app:1 .' },
      ],
      check: async (world) => checkChanged(world),
      tell: async (world) =>
        `${countText(builtSteps(world), 'step')} were done again, and with them the slow one, which never looks at ` +
        '`main.txt`. It stands above a layer that has changed.',
    },
    {
      kind: 'task',
      id: 'reorder',
      goal:
        'Now change the order: first copy only `packages.txt` and install, then copy the rest. What changes seldom ' +
        'belongs to the top of a Dockerfile. Build it as `app:1`.',
      hint: 'Put `COPY packages.txt .` before the slow `RUN`, and `COPY . .` behind it.',
      shows: ['files', 'build', 'layers'],
      solution: [
        { kind: 'edit', path: 'Dockerfile', text: GOOD_ORDER },
        { kind: 'command', line: 'stratum build -t app:1 .' },
      ],
      check: checkOrder,
      tell: async () => 'This time all of it had to be done once more: the steps are others now.',
    },
    {
      kind: 'task',
      id: 'harvest',
      goal: 'See what that is good for: change `main.txt` once more, and build `app:1`.',
      hint: "`echo 'version three' > main.txt`, and then the same build.",
      shows: ['files', 'build'],
      solution: [
        { kind: 'edit', path: 'main.txt', text: 'version three\n' },
        { kind: 'command', line: 'stratum build -t app:1 .' },
      ],
      check: async (world) => {
        const changed = await checkChanged(world);
        if (!changed.done) return changed;
        return (await checkOrder(world)).done && isInstallCached(lastBuild(world))
          ? DONE
          : missing('The slow step was done again. Only `main.txt` should change between the two builds.');
      },
      tell: async (world) =>
        `${countText(builtSteps(world), 'step')} of ${lastBuild(world)?.steps.length ?? 0}, and the slow one was cached.`,
    },
  ],
  outro:
    'A step is done again when what it takes has changed, or when a layer below it has. So what changes seldom comes ' +
    'first, and what changes with every edit comes last.',
};

function lastBuild({ builds }: LessonWorld): SeenBuild | undefined {
  return builds.findLast(({ names }) => names.includes('app:1'));
}

function builtSteps(world: LessonWorld): number {
  return lastBuild(world)?.steps.filter(({ isCached }) => !isCached).length ?? 0;
}

/** Place of the lowest layer that puts a file; the number of layers when none does. */
function layerWith({ layers }: SeenImage, path: string): number {
  const at = layers.findIndex((layer) => changeAt(layer, path)?.kind === 'file');
  return at < 0 ? layers.length : at;
}

async function checkChanged(world: LessonWorld): Promise<Verdict> {
  const build = lastBuild(world);
  if (build === undefined) return missing('`app:1` was not built again yet.');
  if (build.steps.every(({ isCached }) => isCached)) return missing('Every step was cached: change `main.txt` first.');
  const isMain = world.builds.some(({ steps }) =>
    steps.some(({ miss }) => miss?.startsWith('file main.txt ') === true),
  );
  return isMain ? DONE : missing('Something else than `main.txt` has changed.');
}

/** The install must lie below the first layer that has the file which changes often. */
async function checkOrder(world: LessonWorld): Promise<Verdict> {
  const image = await imageOf(world, 'app:1');
  if (image === undefined) return missing('There is no image `app:1`.');
  const [main, installed] = [layerWith(image, MAIN), layerWith(image, INSTALLED)];
  if (installed === image.layers.length) return missing('`app:1` has no `/app/installed.txt`: the install must stay.');
  if (main === image.layers.length) return missing('`app:1` has no `/app/main.txt`: the rest must be copied, too.');
  return installed < main
    ? DONE
    : missing('In `app:1`, `main.txt` still lies below what was installed. Move its `COPY` behind the slow `RUN`.');
}

function isInstallCached(build: SeenBuild | undefined): boolean {
  const slow = build?.steps.filter(({ title }) => title.includes('sleep')) ?? [];
  return slow.length > 0 && slow.every(({ isCached }) => isCached);
}
