/** The story that the demo tells of any image: its stack, two containers on it, a write, and the layer that comes of it. */

import { isDigest, shortId } from '../../digest/digest.js';
import type { Container } from '../../engine/container.js';
import type { Engine } from '../../engine/engine.js';
import type { DiskUsage } from '../../engine/records.js';
import { formatChanges } from '../commands/containers.js';
import { humanSize, percent } from '../human.js';
import { type Narrator, shortened, timed } from './narrator.js';
import { type PickedFiles, pickFiles } from './pick.js';
import { drawStack, stackLayers } from './stack.js';
import { tellCommit } from './story-of-commit.js';

const SHOWN_IMAGES = 4;
const HELLO = '/hello.txt';

/** Tells it; `images` are names in the store, the first the one that containers are made of. */
export async function tellStory(
  engine: Engine,
  images: readonly string[],
  narrator: Narrator,
  now: Date,
): Promise<void> {
  const [image = ''] = images;
  await showStack(engine, images.slice(0, SHOWN_IMAGES), narrator);
  const { alice, bob } = await startTwo(engine, image, narrator);
  await writeInOne(alice, bob, narrator);
  await showDiff(alice, bob, narrator);
  await tellCommit(engine, alice, narrator, now);
}

async function showStack(engine: Engine, images: readonly string[], narrator: Narrator): Promise<void> {
  await narrator.step(
    images.length > 1 ? 'Images are stacks of layers, and layers are shared' : 'An image is a stack of layers',
    'A layer is named by the digest of its bytes, so equal layers are one. Shaded bars are shared.',
  );
  await drawStack(narrator, await stackLayers(engine, images));
  await narrator.say('');
  await narrator.figure(sharingLines(await engine.df()));
}

function sharingLines({ images, blobBytes, bytesWithoutSharing }: DiskUsage): string[] {
  const saved = bytesWithoutSharing - blobBytes;
  if (images.length === 1) return [`The image takes ${humanSize(blobBytes, 4)}, compressed.`];
  return [
    `Each with its own copies, the ${images.length} images would take ${humanSize(bytesWithoutSharing, 4)}.`,
    `Sharing layers they take ${humanSize(blobBytes, 4)}: ${humanSize(saved, 4)} saved (${percent(saved, bytesWithoutSharing)}).`,
  ];
}

interface Two {
  readonly alice: Container;
  readonly bob: Container;
}

async function startTwo(engine: Engine, image: string, narrator: Narrator): Promise<Two> {
  const alice = await timed(() => engine.create(image, { name: 'alice' }));
  const bob = await timed(() => engine.create(image, { name: 'bob' }));
  await narrator.step(
    'Two containers on one stack',
    'A container is an empty upper layer over the stack: nothing is copied, however large the image is.',
  );
  await narrator.table([
    ['CONTAINER', 'STANDS ON', 'CREATED IN', 'CHANGES'],
    ['alice', image, alice.took, String(alice.result.changes().length)],
    ['bob', image, bob.took, String(bob.result.changes().length)],
  ]);
  return { alice: alice.result, bob: bob.result };
}

async function writeInOne(alice: Container, bob: Container, narrator: Narrator): Promise<void> {
  const picked = pickFiles(alice.union.kernel);
  const paths = [HELLO, picked.modify, picked.remove].filter((path) => path !== undefined);
  const before = paths.map((path) => describePath(alice, path));
  await narrator.step(
    'Copy-on-write',
    'Only alice writes. What she touches comes to lie in her upper; bob and the layers below do not notice.',
  );
  await makeChanges(alice, picked, narrator);
  await narrator.say('');
  const rows = paths.map((path, at) => [path, before[at] ?? '', describePath(alice, path), describePath(bob, path)]);
  await narrator.table([['PATH', 'BEFORE', 'ALICE NOW', 'BOB NOW'], ...rows]);
}

async function makeChanges(alice: Container, { modify, remove }: PickedFiles, narrator: Narrator): Promise<void> {
  alice.fs.writeFileSync(HELLO, 'Hello from alice\n');
  await narrator.code(`alice.fs.writeFileSync('${HELLO}', 'Hello from alice\\n')`);
  if (modify !== undefined) {
    alice.fs.appendFileSync(modify, '# alice was here\n');
    await narrator.code(`alice.fs.appendFileSync('${modify}', '# alice was here\\n')`);
  }
  if (remove !== undefined) {
    alice.fs.unlinkSync(remove);
    await narrator.code(`alice.fs.unlinkSync('${remove}')`);
  }
}

/** Where a path comes from, and how many bytes it has. */
function describePath(container: Container, path: string): string {
  const { kernel } = container.union;
  const inode = kernel.find(path, false);
  if (inode === undefined) return 'not there';
  const { id } = inode.origin;
  return `${isDigest(id) ? `layer ${shortId(id)}` : id}, ${humanSize(kernel.sizeOf(inode))}`;
}

async function showDiff(alice: Container, bob: Container, narrator: Narrator): Promise<void> {
  const { result: changes, took } = await timed(async () => alice.changes());
  await narrator.step(
    'The upper is the difference',
    'A added, C changed, D deleted: read from the upper alone, without a look at the rest of the image.',
  );
  const { green, yellow, red } = narrator.colors;
  const paint: Readonly<Record<string, (text: string) => string>> = { A: green, C: yellow, D: red };
  const lines = (await formatChanges(changes, undefined)).trimEnd().split('\n');
  await narrator.figure(shortened(lines), (line) => paint[line.charAt(0)]?.(line) ?? line);
  await narrator.say('');
  await narrator.figure([`${changes.length} changes, found in ${took}. Changes of bob: ${bob.changes().length}.`]);
}
