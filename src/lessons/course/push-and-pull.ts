/** Lesson: push, pull and "already exists". */

import { isDigest } from '../../digest/digest.js';
import { countText, sizeText } from '../figures.js';
import type { Lesson, LessonWorld, PreparedImage, RegistryRequest, Verdict } from '../lesson.js';
import { imageOf, usageOf } from '../look.js';
import { DONE, missing } from '../verdict.js';
import { MANIFEST, PULL, PUSH, REGISTRY, TAG } from '../words.js';
import { BASE, TINY } from './bases.js';

/** Bytes of the photo by the tag of the image that has it. */
const PHOTOS: Readonly<Record<string, number>> = { a: 5_000, b: 20_000 };

const app = (name: string): PreparedImage => ({
  name: `app:${name}`,
  dockerfile: 'FROM base:1\nCOPY photo.bin /srv/photo.bin\n',
  files: { 'photo.bin': { sizeBytes: PHOTOS[name] ?? 0, seed: `photo ${name}` } },
});

export const PUSH_AND_PULL: Lesson = {
  id: 'push-and-pull',
  title: 'Push, pull and "already exists"',
  aim: 'You will see that a registry is sent, and asked for, only what is not there yet.',
  minutes: 9,
  intro:
    'A registry keeps images for others. One is running now, empty, only for this lesson: `$REGISTRY` stands for its ' +
    'address. You have two images on one base, `app:a` and `app:b`.',
  start: { files: {}, images: [TINY, BASE, app('a'), app('b')], registry: true },
  steps: [
    {
      kind: 'task',
      id: 'name',
      goal:
        'The name of an image says which registry it is for. Give `app:a` another name that begins with the registry: ' +
        '`stratum tag app:a $REGISTRY/app:a`.',
      words: [REGISTRY, TAG],
      hint: '`$REGISTRY` is typed as it stands here. `stratum images` shows what comes of it.',
      shows: ['layers'],
      solution: [{ kind: 'command', line: 'stratum tag app:a $REGISTRY/app:a' }],
      check: async (world) => checkNamed(world, 'a'),
      tell: async () => 'Two names, one image ID: a name only points. Nothing was copied.',
    },
    {
      kind: 'task',
      id: 'push-a',
      goal: 'Send it: `stratum push $REGISTRY/app:a`.',
      words: [PUSH, MANIFEST],
      hint: 'Each line is a layer. The config and the manifest follow at the end.',
      shows: ['registry'],
      solution: [{ kind: 'command', line: 'stratum push $REGISTRY/app:a' }],
      check: async (world) => (hasNamed(world.traffic, 'a') ? DONE : missing('The registry has no `app:a` yet.')),
      tell: async ({ traffic }) =>
        `The registry was sent ${countText(sent(traffic).length, 'blob')}, ${sizeText(bytesOf(sent(traffic)))}, and last ` +
        'of all the manifest. So nobody can pull what is not all there.',
    },
    {
      kind: 'question',
      id: 'predict',
      goal:
        '`app:b` has the same base and another photo. Predict: how many bytes of blobs will the registry be sent for it? ' +
        'A third more or less is right.',
      hint: 'What the registry has need not be sent. `stratum df -v` shows under UNIQUE SIZE what `app:b` does not share.',
      shows: ['registry'],
      question: { kind: 'bytes', tolerance: 0.34 },
      answer: async (world) => String((await usageOf(world, 'app:b'))?.uniqueSize ?? 0),
    },
    {
      kind: 'task',
      id: 'push-b',
      goal: 'Now push `app:b` as well, under `$REGISTRY/app:b`.',
      hint: 'First the name (`stratum tag`), then the push. Look for "already exists".',
      shows: ['registry'],
      solution: [
        { kind: 'command', line: 'stratum tag app:b $REGISTRY/app:b' },
        { kind: 'command', line: 'stratum push $REGISTRY/app:b' },
      ],
      check: async (world) => {
        const named = await checkNamed(world, 'b');
        if (!named.done) return named;
        return hasNamed(world.traffic, 'b') ? DONE : missing('The registry has no `app:b` yet.');
      },
      tell: async ({ traffic, answers }) => {
        const skipped = traffic.filter(({ kind, found, subject }) => kind === 'ask' && found && isDigest(subject));
        return (
          `You said ${answers['predict'] ?? 'nothing'}; the registry was sent ${sizeText(bytesOf(sent(traffic)))}. It was ` +
          `asked for each blob first, and had ${skipped.length} of them already.`
        );
      },
    },
    {
      kind: 'task',
      id: 'again',
      goal: 'And if nothing has changed? Push `$REGISTRY/app:b` once more.',
      hint: 'The same line again.',
      shows: ['registry'],
      solution: [{ kind: 'command', line: 'stratum push $REGISTRY/app:b' }],
      check: async (world) => {
        const isPushed = world.traffic.some(({ kind, subject, found }) => kind === 'ask' && subject === 'b' && found);
        if (!isPushed && !hasNamed(world.traffic, 'b')) return missing('`app:b` was not pushed again yet.');
        return sent(world.traffic).length === 0
          ? DONE
          : missing('Something was sent, so something has changed. Push it once more.');
      },
      tell: async () => 'Not one blob was sent, and not even the manifest: the name led to it already.',
    },
    {
      kind: 'task',
      id: 'lose',
      goal: 'Now the other way. Remove `app:b` from your own store, under both of its names.',
      hint: '`stratum rmi app:b $REGISTRY/app:b`',
      shows: ['layers'],
      solution: [{ kind: 'command', line: 'stratum rmi app:b $REGISTRY/app:b' }],
      check: async (world) => {
        for (const ref of ['app:b', `${world.registryHost}/app:b`]) {
          if ((await imageOf(world, ref)) !== undefined) return missing(`\`${ref}\` is still there.`);
        }
        return (await imageOf(world, 'app:a')) === undefined ? missing('`app:a` should stay.') : DONE;
      },
    },
    {
      kind: 'task',
      id: 'pull',
      goal: 'Fetch it back: `stratum pull $REGISTRY/app:b`.',
      words: [PULL],
      hint: 'Look at what is fetched, and what exists already.',
      shows: ['registry', 'layers'],
      solution: [{ kind: 'command', line: 'stratum pull $REGISTRY/app:b' }],
      check: async (world) => {
        const named = await checkNamed(world, 'b');
        if (!named.done) return named;
        return world.traffic.some(({ kind, found }) => kind === 'resolve' && found)
          ? DONE
          : missing('It is there, but it does not come from the registry.');
      },
      tell: async (world) => {
        const fetched = world.traffic.filter(({ kind, found }) => kind === 'fetch' && found);
        const layers = (await imageOf(world, `${world.registryHost}/app:b`))?.layers.length ?? 0;
        return (
          `It has ${countText(layers, 'layer')}. Fetched were the manifest and ${countText(fetched.length, 'blob')}, ` +
          `${sizeText(bytesOf(fetched))}: all else was in the store, in the stack of \`app:a\`.`
        );
      },
    },
  ],
  outro:
    'Push and pull ask first, and move only what is missing. Layers in common travel once. The manifest is sent last and ' +
    'fetched first: it is the list of all the rest.',
};

function sent(traffic: readonly RegistryRequest[]): readonly RegistryRequest[] {
  return traffic.filter(({ kind, found }) => kind === 'send' && found);
}

function bytesOf(requests: readonly RegistryRequest[]): number {
  return requests.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

function hasNamed(traffic: readonly RegistryRequest[], tag: string): boolean {
  return traffic.some(
    ({ kind, found, repository, subject }) => kind === 'name' && found && repository === 'app' && subject === tag,
  );
}

/** The image must be the one that the lesson began with, under the name of the registry. */
async function checkNamed(world: LessonWorld, tag: string): Promise<Verdict> {
  const named = await imageOf(world, `${world.registryHost}/app:${tag}`);
  if (named === undefined) return missing(`There is no image \`$REGISTRY/app:${tag}\` yet.`);
  const photo = named.layers.at(-1)?.changes.find(({ kind }) => kind === 'file');
  const size = PHOTOS[tag];
  return photo?.kind === 'file' && photo.size === size
    ? DONE
    : missing(`\`$REGISTRY/app:${tag}\` is another image than \`app:${tag}\`.`);
}
