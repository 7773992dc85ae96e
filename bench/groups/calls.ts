/** Everyday calls on a small file: reading it, opening it, missing it, and the same through promises. */

import nodeFs from 'node:fs';
import path from 'node:path';
import type { BenchContext, Group } from '../context.js';
import { sized } from '../context.js';
import { layerLikeBytes } from '../corpus.js';
import { type AnyShot, expectEqual, oneShot, shot } from '../one-shot.js';
import { repeated } from '../repeated.js';
import { memfsOf } from '../rivals/memfs.js';
import { unionOf } from '../subject.js';
import type { SyncFs } from '../sync-fs.js';

const SIZE = 4096;
const NAME = '/etc/some/file.conf';
const BATCH = 100;

export const calls: Group = {
  name: 'calls',
  about: 'Reading, opening and missing a small file',
  run: async (context) => {
    const subjects = await subjectsOf(context);
    await readWhole(subjects, context);
    await openReadClose(subjects, context);
    await missing(subjects, context);
    await promises(subjects, context);
  },
};

interface Subject {
  readonly name: string;
  readonly fs: SyncFs;
  readonly root: string;
}

/** The file lies in a lower layer of ours, as an image's files do. */
async function subjectsOf(context: BenchContext): Promise<Subject[]> {
  const files = [{ path: NAME, content: layerLikeBytes(SIZE, 4) }];
  const root = nodeFs.mkdtempSync(path.join(context.scratch, 'calls-'));
  nodeFs.mkdirSync(path.dirname(root + NAME), { recursive: true });
  nodeFs.writeFileSync(root + NAME, files[0]?.content as Uint8Array);
  const union = await unionOf([files]);
  return [
    { name: 'stratum', fs: union.fs as unknown as SyncFs, root: '' },
    { name: 'memfs', fs: memfsOf(files).fs, root: '' },
    { name: 'node:fs on a disk', fs: nodeFs, root },
  ];
}

/** Each case does the work a hundred times and answers the sum of what it answers. */
async function batched(
  bench: string,
  subjects: readonly Subject[],
  each: (subject: Subject) => () => number,
  expected: number,
  context: BenchContext,
): Promise<void> {
  const cases = subjects.map((subject) => {
    const once = each(subject);
    return {
      subject: subject.name,
      at: '',
      batch: BATCH,
      expected: expected * BATCH,
      run: (): number => {
        let sum = 0;
        for (let i = 0; i < BATCH; i++) sum += once();
        return sum;
      },
    };
  });
  await repeated(bench, cases, context);
}

async function readWhole(subjects: readonly Subject[], context: BenchContext): Promise<void> {
  const each = ({ fs, root }: Subject) => {
    const name = root + NAME;
    return (): number => fs.readFileSync(name).length;
  };
  await batched('read a file of 4 kB', subjects, each, SIZE, context);
}

async function openReadClose(subjects: readonly Subject[], context: BenchContext): Promise<void> {
  const buffer = Buffer.alloc(SIZE);
  const each = ({ fs, root }: Subject) => {
    const name = root + NAME;
    return (): number => {
      const fd = fs.openSync(name, 'r');
      const count = fs.readSync(fd, buffer, 0, SIZE, 0);
      fs.closeSync(fd);
      return count;
    };
  };
  await batched('open, read, close', subjects, each, SIZE, context);
}

/** The stack is asked for, since its text is made only then. */
async function missing(subjects: readonly Subject[], context: BenchContext): Promise<void> {
  for (const [bench, call] of [
    ['stat that throws, with its stack', 'statSync'],
    ['read that throws, with its stack', 'readFileSync'],
  ] as const) {
    const each = ({ fs, root }: Subject) => {
      const name = `${root}/etc/some/missing`;
      return (): number => {
        try {
          fs[call](name);
          return 0;
        } catch (error) {
          return (error as Error).stack?.startsWith('Error: ENOENT') === true ? 1 : 0;
        }
      };
    };
    await batched(bench, subjects, each, 1, context);
  }
}

type Work = (fs: SyncFs['promises'], name: string) => Promise<unknown>;

const content = layerLikeBytes(SIZE, 5);
const WORKS: readonly [string, Work][] = [
  ['stat', (fs, name) => fs.stat(name)],
  ['readFile', (fs, name) => fs.readFile(name)],
  ['writeFile', (fs, name) => fs.writeFile(`${name}.new`, content)],
  ['readdir', (fs, name) => fs.readdir(path.dirname(name))],
  ['open and close', async (fs, name) => (await fs.open(name)).close()],
];

async function promises(subjects: readonly Subject[], context: BenchContext): Promise<void> {
  const operations = sized(context, 5_000, 50);
  for (const [bench, work] of WORKS) {
    const shots = subjects.map((subject) =>
      awaited(subject.name, operations, () => work(subject.fs.promises, subject.root + NAME)),
    );
    if (bench === 'stat') shots.push(syncInAsync(subjects[0] as Subject, operations));
    await oneShot(`promises: ${bench}`, shots, context);
  }
}

/** The least that a promise of the same can cost: the synchronous call in an async function, and the wait for it. */
function syncInAsync({ fs, root }: Subject, operations: number): AnyShot {
  const name = root + NAME;
  return awaited('stratum, statSync and a microtask', operations, async () => fs.statSync(name));
}

function awaited(subject: string, operations: number, work: () => Promise<unknown>): AnyShot {
  return shot({
    subject,
    at: '',
    operations,
    prepare: () => undefined,
    run: async () => {
      let done = 0;
      for (let i = 0; i < operations; i++) {
        await work();
        done++;
      }
      return done;
    },
    check: (done) => expectEqual(done, operations, 'operations'),
  });
}
