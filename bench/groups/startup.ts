/** The command line on a store of 100 images, as a whole process. */

import path from 'node:path';
import type { BenchContext, Group } from '../context.js';
import { sized } from '../context.js';
import { type AnyShot, expectEqual, oneShot, shot } from '../one-shot.js';
import { type ProcessRun, runProcess, stratumBin } from '../process.js';
import { HISTORY_OF_EACH, writeManyImages } from '../rivals/oci-layout.js';

export const startup: Group = {
  name: 'startup',
  about: 'The command line: stratum history on a store of 100 images',
  run: async (context: BenchContext) => {
    const images = sized(context, 100, 5);
    const root = path.join(context.scratch, 'store');
    const layout = path.join(context.scratch, 'layout');
    writeManyImages(layout, images);
    await runProcess(process.execPath, [stratumBin(), '--root', root, 'load', '--input', layout]);
    const ref = `localhost/bench:v${images - 1}`;
    const history = [stratumBin(), '--root', root, 'history', '--no-trunc', ref];
    await oneShot(
      `history of ${images} images, whole process`,
      [
        processShot('stratum history', history, (lines) => expectEqual(lines, HISTORY_OF_EACH + 1, 'lines of history')),
        processShot('node -e 0', ['-e', '0'], () => undefined),
      ],
      context,
    );
  },
};

function processShot(subject: string, args: readonly string[], checkLines: (lines: number) => void): AnyShot {
  return shot({
    subject,
    at: '',
    prepare: () => undefined,
    run: () => runProcess(process.execPath, args),
    check: ({ stdout }: ProcessRun) => checkLines(stdout.split('\n').filter(Boolean).length),
  });
}
