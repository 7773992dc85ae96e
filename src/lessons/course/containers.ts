/** Lesson: containers are layers, and two can stand on one stack. */

import { countText, sizeText } from '../figures.js';
import type { Lesson, LessonWorld, Verdict } from '../lesson.js';
import { changeAt, containerOf, imageOf, standsOn, textAt, textIn, usageOf } from '../look.js';
import { DONE, missing } from '../verdict.js';
import { COMMIT, CONTAINER, UPPER } from '../words.js';
import { BASE, TINY } from './bases.js';

const COLOUR = '/etc/colour';

export const CONTAINERS: Lesson = {
  id: 'containers',
  title: 'Containers are layers',
  aim: 'You will run two containers on one stack, make a layer of one of them, and go on from there.',
  minutes: 8,
  intro:
    'A container is one more layer, which can still be written to. Any number of them can stand on the same image, and ' +
    'none of them sees what another one writes.',
  start: { files: {}, images: [TINY, BASE] },
  steps: [
    {
      kind: 'task',
      id: 'two',
      goal: `Run two containers of \`base:1\`, \`red\` and \`blue\`. Each one writes its own name to \`${COLOUR}\`.`,
      words: [CONTAINER, UPPER],
      hint: `\`stratum run --name red base:1 sh -c 'echo red > ${COLOUR}'\`, and the same with blue.`,
      shows: ['containers', 'tree'],
      solution: [
        { kind: 'command', line: `stratum run --name red base:1 sh -c 'echo red > ${COLOUR}'` },
        { kind: 'command', line: `stratum run --name blue base:1 sh -c 'echo blue > ${COLOUR}'` },
      ],
      check: async (world) => {
        for (const name of ['red', 'blue']) {
          const said = await colourOf(world, name);
          if (!said.done) return said;
        }
        return DONE;
      },
      tell: async (world) => {
        const base = await imageOf(world, 'base:1');
        const size = (await usageOf(world, 'base:1'))?.size ?? 0;
        return (
          `Two containers, one stack: the ${countText(base?.layers.length ?? 0, 'layer')} of \`base:1\` ` +
          `(${sizeText(size)}) are there once. The image has no \`${COLOUR}\`, and neither container sees that of the other.`
        );
      },
    },
    {
      kind: 'question',
      id: 'diff',
      goal: 'What is in the layer of `red`? Ask `stratum diff red`. How many paths does it list?',
      hint: '`A` is for added, `C` for changed, `D` for deleted. A directory has changed when something in it has.',
      shows: ['containers'],
      question: { kind: 'number', unit: 'paths' },
      answer: async ({ engine }) => String((await engine.diff('red')).length),
      tell: async () => 'That is the whole container. All else it has from the image.',
    },
    {
      kind: 'task',
      id: 'commit',
      goal: 'Make an image of `red`: `stratum commit red app:red`. Its layer is packed, and can no longer be changed.',
      words: [COMMIT],
      hint: 'First the container, then the name of the new image. `stratum history app:red` shows what came to be.',
      shows: ['layers'],
      solution: [
        { kind: 'command', line: 'stratum commit red app:red' },
        { kind: 'command', line: 'stratum history app:red' },
      ],
      check: checkCommitted,
      tell: async (world) => {
        const usage = await usageOf(world, 'app:red');
        return (
          `One layer more than \`base:1\`, and ${sizeText(usage?.uniqueSize ?? 0)} of its own: what the container had ` +
          'changed, and no more.'
        );
      },
    },
    {
      kind: 'task',
      id: 'further',
      goal: `The new image can be used like any other. Run a container \`pink\` of \`app:red\` that appends \`and white\` to \`${COLOUR}\`.`,
      hint: `\`stratum run --name pink app:red sh -c 'echo and white >> ${COLOUR}'\``,
      shows: ['containers', 'layers'],
      solution: [{ kind: 'command', line: `stratum run --name pink app:red sh -c 'echo and white >> ${COLOUR}'` }],
      check: async (world) => {
        const pink = await containerOf(world, 'pink');
        if (pink === undefined) return missing('There is no container `pink` yet.');
        if (pink.image !== 'app:red' && (await usageOf(world, 'app:red'))?.id !== pink.imageId) {
          return missing('`pink` should be a container of `app:red`. Remove it and try again.');
        }
        return textIn(pink.fs, COLOUR) === 'red\nand white\n'
          ? DONE
          : missing(`\`${COLOUR}\` of \`pink\` should have two lines: \`red\` and \`and white\`.`);
      },
      tell: async () =>
        'It found `red` in the layer below, copied it up, and appended. `red`, `blue` and `app:red` saw nothing of it.',
    },
    {
      kind: 'task',
      id: 'remove',
      goal: 'Remove the container `red`. What becomes of the image that was made of it?',
      hint: '`stratum rm NAME` removes a container, `stratum rmi NAME` an image.',
      shows: ['containers', 'layers'],
      solution: [{ kind: 'command', line: 'stratum rm red' }],
      check: async (world) => {
        if ((await imageOf(world, 'app:red')) === undefined)
          return missing('`app:red` is gone: only the container should go.');
        return (await containerOf(world, 'red')) === undefined ? DONE : missing('The container `red` is still there.');
      },
      tell: async (world) => {
        const image = await imageOf(world, 'app:red');
        const text = (image && textAt(image, COLOUR)?.trim()) ?? '';
        return `\`app:red\` still says ${text}: the layer belongs to the image now.`;
      },
    },
  ],
  outro:
    'A container is the top of a stack. To make one costs nothing, since nothing is copied; to commit it makes a layer ' +
    'of what it changed. What was not committed goes with it.',
};

async function colourOf(world: LessonWorld, name: string): Promise<Verdict> {
  const container = await containerOf(world, name);
  if (container === undefined) return missing(`There is no container \`${name}\` yet.`);
  if (container.image !== 'base:1')
    return missing(`\`${name}\` should be a container of \`base:1\`. Remove it and try again.`);
  return textIn(container.fs, COLOUR)?.trim() === name
    ? DONE
    : missing(`\`${COLOUR}\` of \`${name}\` should say \`${name}\`. \`stratum rm ${name}\` lets you try again.`);
}

async function checkCommitted(world: LessonWorld): Promise<Verdict> {
  const [image, base] = [await imageOf(world, 'app:red'), await imageOf(world, 'base:1')];
  if (image === undefined) return missing('There is no image `app:red` yet.');
  if (base === undefined || !standsOn(image, base)) return missing('`app:red` should stand on `base:1`.');
  if (changeAt(image.layers.at(-1), COLOUR)?.kind !== 'file')
    return missing(`The top layer of \`app:red\` has no \`${COLOUR}\`.`);
  return textAt(image, COLOUR) === 'red\n' ? DONE : missing('`app:red` was made of another container than `red`.');
}
