/** Holds one file system of many files and prints the heap it takes: `heap.js stratum|memfs FILES`. */

import { fileCorpus, inRuns } from '../corpus.js';
import { memfsOf } from '../rivals/memfs.js';
import { unionOf } from '../subject.js';

const LAYERS = 8;
const [subject = '', count = ''] = process.argv.slice(2);

let held: unknown;
await make(0);
const before = heapAfterCollection();
await make(Number(count));
const heapBytes = heapAfterCollection() - before;
if (held === undefined) throw new Error('nothing held');
console.log(JSON.stringify({ heapBytes }));

/** The corpus itself is garbage by the time the heap is read, but for the names that the file system keeps. */
async function make(files: number): Promise<void> {
  const corpus = fileCorpus(files, { contentBytes: 0 });
  held = subject === 'memfs' ? memfsOf(corpus) : await unionOf(inRuns(corpus, LAYERS));
}

function heapAfterCollection(): number {
  for (let i = 0; i < 4; i++) globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
