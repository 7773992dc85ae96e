/** What becomes of each layer of a pull or a push, in Docker's words. */

import { type Digest, shortId } from '../../digest/digest.js';
import type { Progress, ProgressStatus } from '../../engine/records.js';
import type { Session } from '../session.js';

type Words = Readonly<Partial<Record<ProgressStatus, string>>>;

/** What moves says so in bars; a line is for what has happened. */
export const PULL_WORDS: Words = { waiting: 'Pulling fs layer', exists: 'Already exists', done: 'Pull complete' };
export const PUSH_WORDS: Words = {
  waiting: 'Preparing',
  exists: 'Layer already exists',
  mounted: 'Mounted from',
  done: 'Pushed',
};

export interface LayerLines {
  readonly onProgress: (progress: Progress) => void;
  /** Wipes the bars and prints what is left to print, once, and some text behind it. */
  finish(text: string): Promise<void>;
}

/**
 * In a pipe, a line whenever a layer comes a step further. On a terminal, bars while they move and a line each at the
 * end, in the order of the layers.
 */
export function layerLines(
  session: Session,
  words: Words,
  options: { readonly quiet?: boolean | undefined },
): LayerLines {
  if (options.quiet === true) return { onProgress: () => {}, finish: (text) => session.print(text) };
  const bars = session.progress();
  const isLive = session.io.stdout.isTTY === true;
  const latest = new Map<string, Progress>();
  let printed: Promise<void> = Promise.resolve();
  const print = (text: string): void => {
    printed = printed.then(() => session.print(text));
  };
  return {
    onProgress: (progress) => {
      bars.onProgress(progress);
      const before = latest.get(progress.id);
      latest.set(progress.id, progress);
      if (!isLive && before?.status !== progress.status) print(layerLine(progress, words));
    },
    finish: async (text) => {
      bars.finish();
      if (isLive) for (const progress of latest.values()) print(layerLine(progress, words));
      latest.clear();
      print(text);
      await printed;
    },
  };
}

/** Empty for a step that has no words. */
function layerLine({ id, status, from }: Progress, words: Words): string {
  const word = words[status];
  if (word === undefined) return '';
  return `${shortId(id as Digest)}: ${word}${from === undefined ? '' : ` ${from}`}\n`;
}
