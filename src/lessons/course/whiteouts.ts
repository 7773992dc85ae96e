/** Lesson: whiteouts, and why the image did not shrink. */

import { DirectoryNode } from '../../tree/node.js';
import { nodeAt } from '../../tree/root-path.js';
import { countText, sizeText } from '../figures.js';
import type { Lesson, LessonWorld, Verdict } from '../lesson.js';
import { changeAt, fileAt, imageBytes, imageOf, layersAbove, type SeenImage, standsOn, textAt } from '../look.js';
import { DONE, missing } from '../verdict.js';
import { COMMIT, OPAQUE, WHITEOUT } from '../words.js';
import { BASE, TINY } from './bases.js';

const WORK = '/tmp/work.bin';
const RESULT = '/etc/size';

export const WHITEOUTS: Lesson = {
  id: 'whiteouts',
  title: 'Whiteouts, and why the image did not shrink',
  aim: 'You will see what deleting does to an image, and how to build one that never had what is not needed.',
  minutes: 9,
  intro:
    'Layers are only ever added. So how does a file go? The layer on top gets a note that hides it. The Dockerfile here ' +
    'makes a big working file, measures it, and then removes it: three instructions, three layers.',
  start: {
    files: {
      Dockerfile: [
        'FROM base:1',
        `RUN mkdir /tmp && cp /usr/lib/library.bin ${WORK}`,
        `RUN stat -c %s ${WORK} > ${RESULT}`,
        `RUN rm ${WORK}`,
        '',
      ].join('\n'),
    },
    images: [TINY, BASE],
  },
  steps: [
    {
      kind: 'question',
      id: 'predict',
      goal:
        'Read `Dockerfile`. `base:1` takes about a megabyte, and the working file is as big again. Predict: by how many ' +
        'bytes will the image be bigger than `base:1`, when the last line removes the working file?',
      hint: 'The layer of the first `RUN` is finished before the last one begins. What happens to it?',
      shows: ['files'],
      question: { kind: 'bytes', tolerance: 0.2 },
      answer: async (world) => {
        const base = await imageOf(world, 'base:1');
        return String((base && fileAt(base, '/usr/lib/library.bin')?.size) ?? 0);
      },
    },
    {
      kind: 'task',
      id: 'build',
      goal: 'Build it as `app:1`, and look at it with `stratum layers app:1`.',
      words: [WHITEOUT],
      hint: '`stratum build -t app:1 .`; the point is the directory that you are in.',
      shows: ['build', 'layers'],
      solution: [{ kind: 'command', line: 'stratum build -t app:1 .' }],
      check: checkHidden,
      tell: async (world) =>
        `It is ${sizeText((await imageBytes(world, 'app:1')) - (await imageBytes(world, 'base:1')))} bigger. The file ` +
        'cannot be seen any more, but the layer that brought it is still there. The top layer holds only a whiteout: ' +
        '`tmp/.wh.work.bin`. So a secret that one line copies and the next one removes can still be read by everybody.',
    },
    {
      kind: 'task',
      id: 'smaller',
      goal:
        `Make it shrink: change \`Dockerfile\` so that \`${RESULT}\` comes out the same, and no layer ever has the ` +
        'working file. Build that as `app:2`.',
      hint: 'What is made and removed within one `RUN` is in no layer. Join the three commands with `&&`.',
      shows: ['files', 'build', 'layers'],
      solution: [
        {
          kind: 'edit',
          path: 'Dockerfile',
          text: [
            'FROM base:1',
            `RUN mkdir /tmp && cp /usr/lib/library.bin ${WORK} && stat -c %s ${WORK} > ${RESULT} && rm ${WORK}`,
            '',
          ].join('\n'),
        },
        { kind: 'command', line: 'stratum build -t app:2 .' },
      ],
      check: checkSmaller,
      tell: async (world) =>
        `\`app:2\` is ${sizeText((await imageBytes(world, 'app:2')) - (await imageBytes(world, 'base:1')))} bigger than ` +
        `its base, and shows the same files as \`app:1\`.`,
    },
    {
      kind: 'task',
      id: 'whiteout',
      goal:
        'Containers delete in the same way. Let a container `gone` remove `/etc/motd` from `base:1`, look at ' +
        '`stratum diff gone`, and make an image of it: `app:gone`.',
      words: [COMMIT],
      hint: '`stratum run --name gone base:1 rm /etc/motd`, then `stratum commit gone app:gone`.',
      shows: ['containers', 'tree', 'layers'],
      solution: [
        { kind: 'command', line: 'stratum run --name gone base:1 rm /etc/motd' },
        { kind: 'command', line: 'stratum diff gone' },
        { kind: 'command', line: 'stratum commit gone app:gone' },
      ],
      check: checkWhiteout,
      tell: async () =>
        'To delete is to add: the new layer has an empty entry `etc/.wh.motd`. The file is still in the layer below it.',
    },
    {
      kind: 'task',
      id: 'replace',
      goal:
        'What if a whole directory is replaced? Let a container `fresh` run `rm -r /etc && mkdir /etc`, and commit it as ' +
        '`app:fresh`.',
      words: [OPAQUE],
      hint: "Two commands need a shell: `sh -c 'rm -r /etc && mkdir /etc'`.",
      shows: ['containers', 'tree', 'layers'],
      solution: [
        { kind: 'command', line: "stratum run --name fresh base:1 sh -c 'rm -r /etc && mkdir /etc'" },
        { kind: 'command', line: 'stratum diff fresh' },
        { kind: 'command', line: 'stratum commit fresh app:fresh' },
      ],
      check: checkReplaced,
      tell: async (world) => {
        const top = (await imageOf(world, 'app:fresh'))?.layers.at(-1);
        const count = top?.changes.filter(({ kind }) => kind === 'whiteout').length ?? 0;
        return (
          `The directory was emptied by ${countText(count, 'whiteout')}, one for each name. Other tools write a single ` +
          'entry `etc/.wh..wh..opq` in their place: it makes the directory opaque, and hides whatever is below. Both ' +
          'mean the same, and everybody reads both.'
        );
      },
    },
  ],
  outro:
    'An image never shrinks by a layer on top. Make and remove within one instruction, and never copy what must not be ' +
    'found: a layer keeps it, whiteout or not.',
};

async function checkHidden(world: LessonWorld): Promise<Verdict> {
  const [image, base] = [await imageOf(world, 'app:1'), await imageOf(world, 'base:1')];
  if (image === undefined) return missing('There is no image `app:1` yet.');
  if (base === undefined || !standsOn(image, base)) return missing('`app:1` should stand on `base:1`.');
  if (!image.layers.some((layer) => changeAt(layer, WORK)?.kind === 'file')) {
    return missing('No layer of `app:1` has the working file. Build the Dockerfile as it was given.');
  }
  return fileAt(image, WORK) === undefined ? DONE : missing(`\`app:1\` still shows \`${WORK}\`.`);
}

async function checkSmaller(world: LessonWorld): Promise<Verdict> {
  const [image, first, base] = [
    await imageOf(world, 'app:2'),
    await imageOf(world, 'app:1'),
    await imageOf(world, 'base:1'),
  ];
  if (image === undefined) return missing('There is no image `app:2` yet.');
  if (base === undefined || !standsOn(image, base)) return missing('`app:2` should stand on `base:1`.');
  const wanted =
    first === undefined ? String(fileAt(base, '/usr/lib/library.bin')?.size) : textAt(first, RESULT)?.trim();
  if (textAt(image, RESULT)?.trim() !== wanted) return missing(`\`${RESULT}\` of \`app:2\` should say ${wanted}.`);
  const heavy = heavyFile(image, base);
  return heavy === undefined ? DONE : missing(`A layer of \`app:2\` still has \`${heavy}\`.`);
}

/** The path of a file above the base that is as big as the working file. */
function heavyFile(image: SeenImage, base: SeenImage): string | undefined {
  const least = (fileAt(base, '/usr/lib/library.bin')?.size ?? 0) / 2;
  const changes = layersAbove(image, base).flatMap((layer) => layer.changes);
  return changes.find((change) => change.kind === 'file' && change.size > least)?.path;
}

async function checkWhiteout(world: LessonWorld): Promise<Verdict> {
  const [image, base] = [await imageOf(world, 'app:gone'), await imageOf(world, 'base:1')];
  if (image === undefined)
    return missing('There is no image `app:gone` yet: a container becomes one by `stratum commit`.');
  if (base === undefined || !standsOn(image, base)) return missing('`app:gone` should stand on `base:1`.');
  return layersAbove(image, base).some((layer) => changeAt(layer, '/etc/motd')?.kind === 'whiteout')
    ? DONE
    : missing('No layer of `app:gone` takes `/etc/motd` away.');
}

async function checkReplaced(world: LessonWorld): Promise<Verdict> {
  const [image, base] = [await imageOf(world, 'app:fresh'), await imageOf(world, 'base:1')];
  if (image === undefined) return missing('There is no image `app:fresh` yet.');
  if (base === undefined || !standsOn(image, base)) return missing('`app:fresh` should stand on `base:1`.');
  const [now, before] = [nodeAt(image.tree.root, '/etc'), nodeAt(base.tree.root, '/etc')];
  if (!(now instanceof DirectoryNode)) return missing('`app:fresh` has no directory `/etc`: make it again.');
  const left =
    before instanceof DirectoryNode ? [...before.children.keys()].filter((name) => now.children.has(name)) : [];
  const [name] = left;
  return name === undefined ? DONE : missing(`\`app:fresh\` still shows \`/etc/${name}\`.`);
}
