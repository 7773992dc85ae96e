/** Makes something, and prints what memory is held for it, heap and buffers: `held.js WHAT COUNT`. */

import { layerLikeBytes } from '../corpus.js';
import { memfsOf } from '../rivals/memfs.js';
import { unionOf } from '../subject.js';
import type { SyncFs } from '../sync-fs.js';

const MAKERS: Readonly<Record<string, (count: number) => Promise<unknown>>> = {
  'appends-stratum': async (count) => appended((await baseUnion()).fork().fs as unknown as SyncFs, count),
  'appends-memfs': async (count) => appended(memfsOf([]).fs, count),
  forks: async (count) => {
    const base = await baseUnion();
    return Array.from({ length: count }, (_, at) => {
      const fork = base.fork();
      fork.fs.writeFileSync('/etc/new.conf', `of fork ${at}`);
      return fork;
    });
  },
};

const [what = '', count = ''] = process.argv.slice(2);
const make = MAKERS[what];
if (make === undefined) throw new RangeError(`nothing is called ${what}`);

// Code and shapes are paid for beforehand.
await make(10);
const before = heldAfterCollection();
const held = await make(Number(count));
const heldBytes = heldAfterCollection() - before;
if (held === undefined) throw new Error('nothing held');
console.log(JSON.stringify({ heldBytes }));

async function baseUnion(): ReturnType<typeof unionOf> {
  return unionOf([[{ path: '/etc/hosts', content: layerLikeBytes(10, 1) }]]);
}

function appended(fs: SyncFs, count: number): SyncFs {
  const line = layerLikeBytes(100, 2);
  for (let i = 0; i < count; i++) fs.appendFileSync('/log', line);
  return fs;
}

function heldAfterCollection(): number {
  for (let i = 0; i < 4; i++) globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
