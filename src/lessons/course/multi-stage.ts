/** Lesson: multi-stage builds. */

import { DirectoryNode, type TreeNode } from '../../tree/node.js';
import { sizeText } from '../figures.js';
import type { Lesson, LessonWorld, Verdict } from '../lesson.js';
import { fileAt, imageBytes, imageOf, standsOn, textAt } from '../look.js';
import { DONE, missing } from '../verdict.js';
import { STAGE } from '../words.js';
import { TINY, TOOLS } from './bases.js';

const PROGRAM = '/bin/hello';
const COMPILER = '/usr/lib/compiler.bin';
/** A fifth: so much of the first image the second one may be. */
const SMALL = 0.2;

export const MULTI_STAGE: Lesson = {
  id: 'multi-stage',
  title: 'Multi-stage builds',
  aim: 'You will leave the tools that built a program out of the image that runs it.',
  minutes: 8,
  intro:
    'To build a program takes tools: compilers, headers, package managers. To run it takes the program. Here `tools:1` ' +
    'has a big compiler, and `tiny:1` has nearly nothing. The Dockerfile makes the program in `tools:1` and leaves it there.',
  start: {
    files: {
      Dockerfile: ['FROM tools:1', 'WORKDIR /src', 'COPY hello.txt .', `RUN cat hello.txt > ${PROGRAM}`, ''].join('\n'),
      'hello.txt': 'echo hello from a program\n',
    },
    images: [TINY, TOOLS],
  },
  steps: [
    {
      kind: 'task',
      id: 'fat',
      goal: 'Build it as it is, and call the image `hello:fat`.',
      hint: '`stratum build -t hello:fat .`',
      shows: ['build', 'layers'],
      solution: [{ kind: 'command', line: 'stratum build -t hello:fat .' }],
      check: async (world) => {
        const image = await imageOf(world, 'hello:fat');
        if (image === undefined) return missing('There is no image `hello:fat` yet.');
        return fileAt(image, PROGRAM) === undefined ? missing(`\`hello:fat\` has no \`${PROGRAM}\`.`) : DONE;
      },
      tell: async (world) => {
        const image = await imageOf(world, 'hello:fat');
        const size = (image && fileAt(image, PROGRAM)?.size) ?? 0;
        return `${sizeText(await imageBytes(world, 'hello:fat'))}, for a program of ${sizeText(size)}.`;
      },
    },
    {
      kind: 'question',
      id: 'ballast',
      goal: 'How much of `hello:fat` is there only for the building? Ask `stratum layers hello:fat`, and give the bytes of the layer that nobody needs who runs it.',
      hint: 'It is the layer with by far the longest bar.',
      shows: ['layers'],
      question: { kind: 'bytes', tolerance: 0.05 },
      answer: async ({ engine }) => String(Math.max(...(await engine.history('hello:fat')).map(({ size }) => size))),
    },
    {
      kind: 'task',
      id: 'slim',
      goal:
        'Give the Dockerfile a second stage. Name the first one: `FROM tools:1 AS build`. Then begin anew with ' +
        `\`FROM tiny:1\`, and take only the program: \`COPY --from=build ${PROGRAM} ${PROGRAM}\`. Build it as \`hello:slim\`.`,
      words: [STAGE],
      hint: 'The last stage is the image. What no `COPY --from` takes out of the stages before it stays behind.',
      shows: ['files', 'build', 'layers'],
      solution: [
        {
          kind: 'edit',
          path: 'Dockerfile',
          text: [
            'FROM tools:1 AS build',
            'WORKDIR /src',
            'COPY hello.txt .',
            `RUN cat hello.txt > ${PROGRAM}`,
            '',
            'FROM tiny:1',
            `COPY --from=build ${PROGRAM} ${PROGRAM}`,
            '',
          ].join('\n'),
        },
        { kind: 'command', line: 'stratum build -t hello:slim .' },
      ],
      check: checkSlim,
      tell: async (world) =>
        `${sizeText(await imageBytes(world, 'hello:slim'))} in place of ${sizeText(await imageBytes(world, 'hello:fat'))}. ` +
        'The compiler never leaves the first stage, and is not even hidden in a layer.',
    },
    {
      kind: 'task',
      id: 'run',
      goal: `Does it still run? Let a container of \`hello:slim\` run the program: \`sh ${PROGRAM}\`.`,
      hint: `\`stratum run --name try hello:slim sh ${PROGRAM}\``,
      shows: ['containers'],
      solution: [{ kind: 'command', line: `stratum run --name try hello:slim sh ${PROGRAM}` }],
      check: async (world) => {
        const slim = (await world.engine.images({ reference: 'hello:slim' })).map(({ id }) => id);
        const ran = (await world.engine.ps()).filter(
          ({ imageId, state }) => slim.includes(imageId) && state.status === 'exited',
        );
        if (ran.length === 0) return missing('No container of `hello:slim` has run yet.');
        return ran.some(({ state }) => state.exitCode === 0) ? DONE : missing('It ran, and failed. What did it say?');
      },
    },
    {
      kind: 'task',
      id: 'scratch',
      goal:
        'Can it be still smaller? `FROM scratch` begins with nothing at all. Build `hello:min`, with the program and ' +
        'not one other file.',
      hint: 'Only the second `FROM` changes. Such an image can be run when its program needs no shell and no libraries.',
      shows: ['files', 'build', 'layers'],
      solution: [
        {
          kind: 'edit',
          path: 'Dockerfile',
          text: [
            'FROM tools:1 AS build',
            'WORKDIR /src',
            'COPY hello.txt .',
            `RUN cat hello.txt > ${PROGRAM}`,
            '',
            'FROM scratch',
            `COPY --from=build ${PROGRAM} ${PROGRAM}`,
            '',
          ].join('\n'),
        },
        { kind: 'command', line: 'stratum build -t hello:min .' },
      ],
      check: async (world) => {
        const image = await imageOf(world, 'hello:min');
        if (image === undefined) return missing('There is no image `hello:min` yet.');
        if (fileAt(image, PROGRAM) === undefined) return missing(`\`hello:min\` has no \`${PROGRAM}\`.`);
        const files = countFiles(image.tree.root);
        return files === 1 ? DONE : missing(`\`hello:min\` has ${files} files: only the program should be there.`);
      },
      tell: async (world) => {
        const cached = world.builds.at(-1)?.steps.filter(({ isCached }) => isCached).length ?? 0;
        return (
          `${sizeText(await imageBytes(world, 'hello:min'))}, config and manifest included. And ${cached} of the steps ` +
          'came from the cache: the first stage had not changed.'
        );
      },
    },
  ],
  outro:
    'Stages are images that nobody ships. Build in a big one, and copy what you want to keep into a small one: it is ' +
    'faster to pull, and there is less in it to attack.',
};

async function checkSlim(world: LessonWorld): Promise<Verdict> {
  const [image, fat, tiny] = [
    await imageOf(world, 'hello:slim'),
    await imageOf(world, 'hello:fat'),
    await imageOf(world, 'tiny:1'),
  ];
  if (image === undefined) return missing('There is no image `hello:slim` yet.');
  const program = textAt(image, PROGRAM);
  if (program === undefined) return missing(`\`hello:slim\` has no \`${PROGRAM}\`.`);
  if (fat !== undefined && textAt(fat, PROGRAM) !== program)
    return missing('The program is not the same in both images.');
  if (fileAt(image, COMPILER) !== undefined) return missing('`hello:slim` still has the compiler.');
  if (tiny === undefined || !standsOn(image, tiny)) return missing('The last stage should begin with `FROM tiny:1`.');
  const limit = (await imageBytes(world, 'hello:fat')) * SMALL;
  return (await imageBytes(world, 'hello:slim')) < limit
    ? DONE
    : missing('`hello:slim` is still too big: something of the first stage is in it.');
}

function countFiles(node: TreeNode): number {
  if (!(node instanceof DirectoryNode)) return 1;
  return [...node.children.values()].reduce((sum, child) => sum + countFiles(child), 0);
}
