/** Lesson: volumes. */

import { countText, sizeText } from '../figures.js';
import type { Lesson, LessonWorld, Verdict } from '../lesson.js';
import { containerOf, imageOf, textAt, textIn, volumeText } from '../look.js';
import { DONE, missing } from '../verdict.js';
import { MOUNT, UPPER, VOLUME } from '../words.js';
import { TINY } from './bases.js';

const LIST = '/notes/list.txt';
const CHOICES = ['in the layer of the container', 'in the volume', 'in both'] as const;

export const VOLUMES: Lesson = {
  id: 'volumes',
  title: 'Volumes',
  aim: 'You will keep files that outlive their container, and see that they are in no layer.',
  minutes: 8,
  intro:
    'What a container writes goes with it. That is right for most of it, and wrong for a database. A volume is a ' +
    'directory with a name, outside of all layers, that a container shows at one of its paths.',
  start: { files: {}, images: [TINY] },
  steps: [
    {
      kind: 'task',
      id: 'write',
      goal: `Run a container \`writer\` of \`tiny:1\` with a volume \`notes\` at \`/notes\`, and let it write \`first\` to \`${LIST}\`.`,
      words: [VOLUME, MOUNT],
      hint: `\`-v NAME:PATH\` mounts a volume: \`stratum run --name writer -v notes:/notes tiny:1 sh -c 'echo first > ${LIST}'\``,
      shows: ['containers', 'volumes'],
      solution: [
        { kind: 'command', line: `stratum run --name writer -v notes:/notes tiny:1 sh -c 'echo first > ${LIST}'` },
      ],
      check: async (world) => {
        const writer = await containerOf(world, 'writer');
        if (writer === undefined) return missing('There is no container `writer` yet.');
        const text = await volumeText(world, 'notes', '/list.txt');
        if (text !== undefined)
          return text === 'first\n' ? DONE : missing('`list.txt` in the volume should say `first`.');
        return textIn(writer.fs, LIST) === undefined
          ? missing('The volume `notes` has no `list.txt` yet.')
          : missing('The file is in the layer of the container: it was run without `-v`. Remove it and try again.');
      },
    },
    {
      kind: 'question',
      id: 'where',
      goal: 'Ask `stratum diff writer` and `stratum volume ls`. Where is the line that was written?',
      words: [UPPER],
      hint: 'What is mounted lies over the container, and its layer does not see it.',
      shows: ['containers', 'volumes'],
      question: { kind: 'choice', choices: CHOICES },
      answer: async (world) => {
        const writer = await containerOf(world, 'writer');
        const isInLayer = writer !== undefined && textIn(writer.fs, LIST) !== undefined;
        const isInVolume = (await volumeText(world, 'notes', '/list.txt')) !== undefined;
        return isInLayer ? (isInVolume ? CHOICES[2] : CHOICES[0]) : CHOICES[1];
      },
    },
    {
      kind: 'task',
      id: 'outlive',
      goal: 'Remove the container `writer`. Then see whether the volume is still there: `stratum volume ls`.',
      hint: '`stratum rm writer`; volumes with a name stay.',
      shows: ['containers', 'volumes'],
      solution: [
        { kind: 'command', line: 'stratum rm writer' },
        { kind: 'command', line: 'stratum volume ls' },
      ],
      check: async (world) => {
        if ((await volumeText(world, 'notes', '/list.txt')) === undefined)
          return missing('The volume `notes` should stay, with what is in it.');
        return (await containerOf(world, 'writer')) === undefined
          ? DONE
          : missing('The container `writer` is still there.');
      },
      tell: async (world) =>
        `The volume still has ${sizeText((await world.engine.volumes.get('notes')).size)}, as a tar.`,
    },
    {
      kind: 'task',
      id: 'share',
      goal: `Let another container, \`second\`, mount the same volume, print \`${LIST}\`, and append \`second\` to it.`,
      hint: `\`stratum run --name second -v notes:/notes tiny:1 sh -c 'cat ${LIST} && echo second >> ${LIST}'\``,
      shows: ['containers', 'volumes'],
      solution: [
        {
          kind: 'command',
          line: `stratum run --name second -v notes:/notes tiny:1 sh -c 'cat ${LIST} && echo second >> ${LIST}'`,
        },
      ],
      check: async (world) => {
        if ((await containerOf(world, 'second')) === undefined) return missing('There is no container `second` yet.');
        return (await volumeText(world, 'notes', '/list.txt')) === 'first\nsecond\n'
          ? DONE
          : missing('`list.txt` in the volume should have two lines: `first` and `second`. `>>` appends.');
      },
      tell: async () => 'It found what another container wrote, which is long gone.',
    },
    {
      kind: 'task',
      id: 'commit',
      goal: `Make an image of \`second\`: \`stratum commit second app:notes\`. Will \`${LIST}\` be in it?`,
      hint: `\`stratum ls app:notes /notes\` shows what became of it.`,
      shows: ['layers', 'volumes'],
      solution: [
        { kind: 'command', line: 'stratum commit second app:notes' },
        { kind: 'command', line: 'stratum history app:notes' },
      ],
      check: async (world) => {
        const image = await imageOf(world, 'app:notes');
        if (image === undefined) return missing('There is no image `app:notes` yet.');
        return textAt(image, LIST) === undefined
          ? DONE
          : missing(`\`app:notes\` has \`${LIST}\` in a layer. Commit a container that has it in a volume.`);
      },
      tell: async (world) => {
        const lines = (await volumeText(world, 'notes', '/list.txt'))?.trim().split('\n').length ?? 0;
        return `It is not. The image has no notes; the volume has ${countText(lines, 'line')}. Whoever ships the image does not ship the data.`;
      },
    },
    {
      kind: 'task',
      id: 'remove',
      goal: 'Clean up: remove the volume `notes`. It is refused while a container mounts it, even one that has ended.',
      hint: '`stratum rm second`, then `stratum volume rm notes`.',
      shows: ['containers', 'volumes'],
      solution: [
        { kind: 'command', line: 'stratum rm second' },
        { kind: 'command', line: 'stratum volume rm notes' },
      ],
      check: checkGone,
    },
  ],
  outro:
    'Layers are for what an image is, volumes for what comes to be while it runs. A volume outlives its containers, is ' +
    'shared by all that mount it, and is never part of an image.',
};

async function checkGone({ engine }: LessonWorld): Promise<Verdict> {
  const names = (await engine.volumes.list()).map(({ name }) => name);
  return names.includes('notes') ? missing('The volume `notes` is still there.') : DONE;
}
