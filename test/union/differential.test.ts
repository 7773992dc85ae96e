/**
 * Random calls, made on our view and on the kernel's file systems over the same layers, must tell the same. For more of
 * them see docs/testing.md: STRATUM_OPERATIONS (a face), STRATUM_FACE and STRATUM_SEED.
 */

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { isMet, requires } from '../kit/requires.js';
import { firstDivergence } from './differential/compare.js';
import { Coverage } from './differential/coverage.js';
import { FACES, type FaceName } from './differential/faces.js';
import { KernelSide } from './differential/kernel-side.js';
import { type Sequence, sequence } from './differential/operations.js';
import { runOurs } from './differential/our-side.js';

const OPERATIONS = Number(process.env['STRATUM_OPERATIONS'] ?? 4000);
const SEED = Number(process.env['STRATUM_SEED'] ?? Date.now() & 0x7fffffff);
const ONLY = process.env['STRATUM_FACE'];
/** Sequences that are checked at a time; between them the operations are counted. */
const BATCH = 50;
/** A thousand operations take less than a second on a quiet machine. */
const TIMEOUT_MS = 60_000 + OPERATIONS * 20;

/** Errors that must have been seen, for the comparison to mean something. */
const EXPECTED = [
  'EACCES',
  'EBADF',
  'EEXIST',
  'EINVAL',
  'EISDIR',
  'ELOOP',
  'ENAMETOOLONG',
  'ENOENT',
  'ENOTDIR',
  'ENOTEMPTY',
  'EPERM',
];

/** Errors that so many calls are sure to meet. */
const MANY = 50_000;
const RARE = ['EBUSY', 'ERR_FS_CP_EINVAL', 'ERR_FS_EISDIR'];

const NEEDS = ['root', 'overlay', 'unshare', 'setfattr', 'getfattr'] as const;
const onKernel = requires(...NEEDS);
let kernel: KernelSide;

beforeAll(async () => {
  if (NEEDS.every(isMet)) kernel = await KernelSide.start();
});
afterAll(() => kernel?.stop());

/** Runs one sequence on both sides. */
async function compare(face: FaceName, coverage: Coverage, { operations, ...on }: Sequence): Promise<void> {
  const ours = await runOurs({ ...on, face, operations });
  const theirs = await kernel.run({ ...on, face, operations: ours.operations });
  coverage.add(ours.operations, theirs);
  const divergence = firstDivergence(on.judge, ours.operations, ours, theirs);
  if (divergence !== undefined) {
    throw new Error(`${on.judge}, ${on.who}: ${JSON.stringify(divergence, undefined, 2)}`);
  }
}

describe('random calls tell what they tell on overlayfs and in a plain directory', () => {
  for (const face of FACES.filter((each) => ONLY === undefined || ONLY === each)) {
    onKernel(
      `in the ${face} face`,
      async () => {
        const coverage = new Coverage();
        for (let seed = SEED; coverage.operations < OPERATIONS; seed++) {
          const property = fc.asyncProperty(sequence, (each) => compare(face, coverage, each));
          await fc.assert(property, { numRuns: BATCH, seed });
        }
        console.log(
          `${face}: ${coverage.operations} operations, ${coverage.pairs} pairs of call and outcome, seed ${SEED}`,
        );
        expect(coverage.codes).toEqual(expect.arrayContaining(OPERATIONS < MANY ? EXPECTED : [...EXPECTED, ...RARE]));
      },
      TIMEOUT_MS,
    );
  }
});
