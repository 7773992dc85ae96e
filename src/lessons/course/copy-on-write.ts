/** Lesson: copy-on-write. */

import { sizeText } from '../figures.js';
import type { Lesson, LessonWorld, Verdict } from '../lesson.js';
import { containerOf, endedContainer, fileAt, imageOf, statIn, textIn, writtenBytes } from '../look.js';
import { DONE, missing } from '../verdict.js';
import { CONTAINER, COPY_UP, UPPER } from '../words.js';
import { BASE, TINY } from './bases.js';

const LIBRARY = '/usr/lib/library.bin';
const WORD = 'hello\n';
const PERMISSIONS = 0o7777;

export const COPY_ON_WRITE: Lesson = {
  id: 'copy-on-write',
  title: 'Copy-on-write',
  aim: 'You will see what reading, writing and a mere change of rights cost in a container.',
  minutes: 8,
  intro:
    'A container is an image with a layer of its own on top. The image below is never changed. Whatever the container ' +
    'writes goes to its own layer, and what it only reads stays where it is.',
  start: { files: {}, images: [TINY, BASE] },
  steps: [
    {
      kind: 'task',
      id: 'read',
      goal: `Run a container that only reads. Call it \`one\`, and let it count the bytes of \`${LIBRARY}\` with \`wc -c\`.`,
      words: [CONTAINER],
      hint: '`stratum run --name NAME IMAGE COMMAND…` runs a command in a new container. The image is `base:1`.',
      shows: ['containers'],
      solution: [{ kind: 'command', line: `stratum run --name one base:1 wc -c ${LIBRARY}` }],
      check: async (world) => {
        const container = await containerOf(world, 'one');
        if (container === undefined) return missing('There is no container `one` yet.');
        if ((await endedContainer(world, 'one')) === undefined) return missing('The container `one` has not run yet.');
        return container.changes().length === 0
          ? DONE
          : missing('The container `one` wrote something. Remove it (`stratum rm one`) and let one only read.');
      },
      tell: async (world) =>
        `It read ${sizeText(await libraryBytes(world))} and wrote nothing: its own layer is empty. A thousand ` +
        'containers that only read take no room at all.',
    },
    {
      kind: 'question',
      id: 'predict',
      goal:
        `A second container will append one word, \`hello\`, to \`${LIBRARY}\`. Predict: how many bytes will its own ` +
        'layer take?',
      words: [UPPER],
      hint: `A layer holds whole files, never parts of one. \`stratum ls -l base:1 /usr/lib\` shows how big the file is.`,
      shows: ['containers'],
      question: { kind: 'bytes', tolerance: 0.2 },
      answer: async (world) => String((await libraryBytes(world)) + WORD.length),
    },
    {
      kind: 'task',
      id: 'append',
      goal: `Try it: let a container \`two\` run \`echo hello >> ${LIBRARY}\`. The shell does the redirection, so the command is \`sh -c '…'\`.`,
      words: [COPY_UP],
      hint: 'One `>` replaces a file, two append to it. Put what the shell in the container is to do between single quotes.',
      shows: ['containers', 'tree'],
      solution: [{ kind: 'command', line: `stratum run --name two base:1 sh -c 'echo hello >> ${LIBRARY}'` }],
      check: checkAppended,
      tell: async (world) => {
        const two = await containerOf(world, 'two');
        return (
          `Six bytes were written, and the layer takes ${sizeText(two === undefined ? 0 : await writtenBytes(two))}: ` +
          'the whole file was copied up. `stratum diff two` names it, `stratum df -v` shows the bytes.'
        );
      },
    },
    {
      kind: 'task',
      id: 'chmod',
      goal: `Now change not one byte: let a container \`three\` take rights away with \`chmod 600 ${LIBRARY}\`.`,
      hint: '`chmod` is a program of the image, as `wc` is. No shell is needed.',
      shows: ['containers', 'tree'],
      solution: [{ kind: 'command', line: `stratum run --name three base:1 chmod 600 ${LIBRARY}` }],
      check: checkRights,
      tell: async (world) => {
        const three = await containerOf(world, 'three');
        return (
          `Nothing was written, and its layer takes ${sizeText(three === undefined ? 0 : await writtenBytes(three))}. ` +
          'This is why `RUN chown -R` in a Dockerfile can double an image.'
        );
      },
    },
    {
      kind: 'question',
      id: 'image',
      goal: `Two containers changed the file. How many bytes has \`${LIBRARY}\` in the image \`base:1\` now?`,
      hint: '`stratum ls -l base:1 /usr/lib`. It need not be what you expect.',
      shows: ['tree'],
      question: { kind: 'number', unit: 'bytes' },
      answer: async (world) => String(await libraryBytes(world)),
      tell: async () => 'As many as before. Layers below are only read, whatever stands on them.',
    },
  ],
  outro:
    'Reading is free. The first change of a file, be it one byte or one bit of its rights, puts the whole file into the ' +
    'layer on top. The image itself stays as it was.',
};

async function libraryBytes(world: LessonWorld): Promise<number> {
  const base = await imageOf(world, 'base:1');
  return (base && fileAt(base, LIBRARY)?.size) ?? 0;
}

async function checkAppended(world: LessonWorld): Promise<Verdict> {
  const two = await containerOf(world, 'two');
  if (two === undefined) return missing('There is no container `two` yet.');
  const text = textIn(two.fs, LIBRARY);
  if (text === undefined)
    return missing(`The container \`two\` has no file \`${LIBRARY}\` any more. Remove it and try again.`);
  const [before, now] = [await libraryBytes(world), statIn(two.fs, LIBRARY)?.size ?? 0];
  if (now === before) return missing(`The container \`two\` has not changed \`${LIBRARY}\`.`);
  if (now < before) {
    return missing('The file is smaller than it was: `>` replaces a file, `>>` appends. Remove `two` and try again.');
  }
  return text.endsWith(WORD) ? DONE : missing('The file has grown, but `hello` is not its last line.');
}

async function checkRights(world: LessonWorld): Promise<Verdict> {
  const [three, base] = [await containerOf(world, 'three'), await imageOf(world, 'base:1')];
  if (three === undefined) return missing('There is no container `three` yet.');
  const stats = statIn(three.fs, LIBRARY);
  const before = base && fileAt(base, LIBRARY);
  if (stats === undefined || before === undefined || stats.size !== before.size) {
    return missing('The container `three` should leave the content alone. Remove it and try again.');
  }
  return (stats.mode & PERMISSIONS) === (before.mode & PERMISSIONS)
    ? missing(`\`${LIBRARY}\` has the same rights as before in \`three\`.`)
    : DONE;
}
