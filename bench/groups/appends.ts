/** A log that grows by small appends: the time of each must not grow with it, nor the memory beyond what it holds. */

import type { BenchContext, Group } from '../context.js';
import { sized } from '../context.js';
import { layerLikeBytes } from '../corpus.js';
import { type AnyShot, expectEqual, oneShot, shot } from '../one-shot.js';
import { runChild } from '../process.js';
import { memfsOf } from '../rivals/memfs.js';
import { unionOf } from '../subject.js';
import type { SyncFs } from '../sync-fs.js';

const LINE_BYTES = 100;
const NAME = '/log';

export const appends: Group = {
  name: 'appends',
  about: 'A file that grows by appends of 100 bytes',
  run: async (context) => {
    const most = sized(context, 100_000, 1_000);
    const union = await unionOf([[{ path: '/etc/hosts', content: layerLikeBytes(10, 1) }]]);
    const shots = [most / 10, most].flatMap((count) => [
      growing('stratum', count, () => union.fork().fs as unknown as SyncFs),
      growing('memfs', count, () => memfsOf([]).fs),
    ]);
    await oneShot('append 100 bytes', shots, context);
    for (const subject of ['stratum', 'memfs']) await memoryOf(subject, most, context);
  },
};

function growing(subject: string, count: number, open: () => SyncFs): AnyShot {
  const line = layerLikeBytes(LINE_BYTES, 2);
  return shot({
    subject,
    at: `${count.toLocaleString('en-US')} times`,
    operations: count,
    prepare: open,
    run: (fs) => {
      for (let i = 0; i < count; i++) fs.appendFileSync(NAME, line);
    },
    check: (_, fs) => expectEqual(fs.statSync(NAME).size, count * LINE_BYTES, 'size'),
  });
}

/** Memory held for a byte of the log. */
async function memoryOf(subject: string, count: number, context: BenchContext): Promise<void> {
  const { heldBytes } = await runChild<{ heldBytes: number }>(
    'held',
    [`appends-${subject}`, String(count)],
    ['--expose-gc'],
  );
  const bench = 'memory for a byte of a file that grew by appends';
  context.record({ bench, subject, at: '', unit: 'bytes', rounds: [heldBytes / (count * LINE_BYTES)] });
}
