/** Watching: what node:fs tells of a real directory, a view tells of its own. */

import nodeFs, { type WatchEventType } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FsUnderTest } from './fs.js';
import { fsWithHome } from './fs-subject.js';
import { DEEP_STEPS, furnishWatched, WATCH_STORIES, type WatchStory } from './fs-watch-stories.js';

/** Longer than inotify takes to tell; also the interval of what is polled. */
const SETTLE_MS = 12;
const PATIENCE_MS = 2000;

let scratch = '';

beforeAll(() => {
  scratch = nodeFs.mkdtempSync(path.join(nodeFs.existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir(), 'fs-watch-'));
});

afterAll(() => nodeFs.rmSync(scratch, { recursive: true, force: true }));

type Watched = FsUnderTest & Pick<typeof nodeFs, 'watch' | 'watchFile' | 'unwatchFile'>;
type Rows = Record<string, string[]>;

interface Side {
  readonly fs: Watched;
  readonly root: string;
}

/** The same path on both sides. */
function bothSides(): [ours: Side, theirs: Side] {
  const root = nodeFs.mkdtempSync(path.join(scratch, 's-'));
  nodeFs.chmodSync(root, 0o755);
  return [
    { fs: fsWithHome(root) as Watched, root },
    { fs: nodeFs, root },
  ];
}

async function rowsOf(fs: Watched, root: string, story: WatchStory, options: object): Promise<Rows> {
  const at = (name: string): string => `${root}/${name}`;
  story.furnish?.(fs, at);
  const heard: string[] = [];
  const watchers = story.watch.map((name, i) =>
    fs.watch(at(name), options, (event: WatchEventType, entry: unknown) => {
      heard.push(`${i} ${name}: ${event} ${Buffer.isBuffer(entry) ? `bytes ${entry.toString('hex')}` : entry}`);
    }),
  );
  const rows: Rows = {};
  for (const [label, step] of Object.entries(story.steps)) {
    step(fs, at);
    await sleep(SETTLE_MS);
    // On a busy machine the time may be over before there was a turn to hear anything.
    await turn();
    await turn();
    rows[label] = heard.splice(0);
  }
  for (const watcher of watchers) watcher.close();
  return rows;
}

/** What our fs and node:fs tell of the same story, one after the other: open files are the story's own. */
async function compared(story: WatchStory, options: object = {}): Promise<[ours: Rows, theirs: Rows]> {
  const [ours, theirs] = bothSides();
  return [await rowsOf(ours.fs, ours.root, story, options), await rowsOf(theirs.fs, theirs.root, story, options)];
}

/** What was heard in each step, once. Node may say of a name that came that it changed, too. */
function setsOf(rows: Rows): Rows {
  const setOf = (heard: string[]): string[] =>
    [...new Set(heard)].filter(
      (row) => !heard.includes(row.replace(' change ', ' rename ')) || row.includes(' rename '),
    );
  return Object.fromEntries(Object.entries(rows).map(([label, heard]) => [label, setOf(heard).sort()]));
}

describe('watch tells what inotify tells through Node', () => {
  for (const story of WATCH_STORIES) {
    it.concurrent(story.name, async () => {
      const [ours, theirs] = await compared(story);
      expect(ours).toEqual(theirs);
    });
  }

  it.concurrent('names as bytes and in other encodings', async () => {
    const steps = { create: (fs: FsUnderTest, at: (name: string) => string) => fs.mkdirSync(at('top/é')) };
    const story = { name: '', watch: ['top'], furnish: furnishWatched, steps };
    for (const encoding of ['buffer', 'hex', 'utf8']) {
      const [ours, theirs] = await compared(story, { encoding });
      expect(ours).toEqual(theirs);
    }
  });

  it.concurrent('a whole tree, by paths below the top', async () => {
    const [ours, theirs] = await compared(
      { name: '', watch: ['top'], furnish: furnishWatched, steps: DEEP_STEPS },
      { recursive: true },
    );
    expect(setsOf(ours)).toEqual(setsOf(theirs));
  });
});

describe('watchFile tells what Node tells', () => {
  const numbers = (stats: nodeFs.Stats): string => {
    const { size, mode, nlink, mtimeMs, ino, dev, blksize, birthtimeMs } = stats;
    return [size, mode, nlink, ...[mtimeMs, ino, dev, blksize, birthtimeMs].map((value) => Number(value) !== 0)].join();
  };

  const steps: Record<string, (fs: Watched, file: string) => void> = {
    start: () => undefined,
    create: (fs, file) => fs.writeFileSync(file, 'abc'),
    write: (fs, file) => fs.writeFileSync(file, 'abcdef'),
    chmod: (fs, file) => fs.chmodSync(file, 0o600),
    link: (fs, file) => fs.linkSync(file, `${file}2`),
    unlink: (fs, file) => fs.unlinkSync(file),
    again: (fs, file) => fs.writeFileSync(file, 'z'),
    unwatch: (fs, file) => fs.unwatchFile(file),
    'write unwatched': (fs, file) => fs.writeFileSync(file, 'zz'),
  };

  it.concurrent.for([false, true])('a file that comes, changes and goes (bigint: %s)', async (bigint) => {
    const [ours, theirs] = bothSides();
    const rows = async ({ fs, root }: typeof ours): Promise<Rows> => {
      const heard: string[] = [];
      const found: Rows = {};
      const listener = (now: unknown, before: unknown): void => {
        heard.push(`${numbers(now as nodeFs.Stats)} after ${numbers(before as nodeFs.Stats)}`);
      };
      const options = { interval: SETTLE_MS, bigint } as { interval: number; bigint: false };
      fs.watchFile(`${root}/f`, options, listener).once('stop' as 'change', () => heard.push('stop'));
      for (const [label, step] of Object.entries(steps)) {
        step(fs, `${root}/f`);
        const isSilent = label === 'write unwatched';
        for (let waited = 0; heard.length === 0 && !isSilent && waited < PATIENCE_MS; waited++) await sleep(1);
        await sleep(3 * SETTLE_MS);
        found[label] = heard.splice(0);
      }
      return found;
    };
    expect(await rows(ours)).toEqual(await rows(theirs));
  });
});

describe('arguments are refused as Node refuses them', () => {
  const calls: Record<string, (fs: Watched, root: string) => unknown> = {
    'watch of nothing': (fs, root) => fs.watch(`${root}/nope`),
    'watch of a tree that is not there': (fs, root) => fs.watch(`${root}/nope`, { recursive: true }),
    'watch of a number': (fs) => fs.watch(5 as never),
    'watch with an unknown encoding': (fs, root) => fs.watch(root, { encoding: 'nope' as 'utf8' }),
    'watch with options of a wrong type': (fs, root) => fs.watch(root, 5 as never),
    'watch with a signal of a wrong type': (fs, root) => fs.watch(root, { signal: 5 as never }),
    'watch with recursive of a wrong type': (fs, root) => fs.watch(root, { recursive: 'x' as never }),
    'watch with a listener of a wrong type': (fs, root) => fs.watch(root, {}, 'x' as never),
    'watchFile without a listener': (fs, root) => fs.watchFile(root, undefined as never),
    'watchFile with a wrong interval': (fs, root) => fs.watchFile(root, { interval: -1 }, () => undefined),
    'watchFile with an interval of a wrong type': (fs, root) =>
      fs.watchFile(root, { interval: 'x' as never }, () => undefined),
    'watchFile of a number': (fs) => fs.watchFile(5 as never, () => undefined),
    'unwatchFile of a number': (fs) => fs.unwatchFile(5 as never),
    'promises.watch of nothing': (fs, root) => next(fs.promises.watch(`${root}/nope`)),
    'promises.watch with persistent of a wrong type': (fs, root) =>
      next(fs.promises.watch(root, { persistent: 5 as never })),
    'promises.watch with options of a wrong type': (fs, root) => next(fs.promises.watch(root, 5 as never)),
    'promises.watch with an aborted signal': (fs, root) =>
      next(fs.promises.watch(root, { signal: AbortSignal.abort('why') })),
  };
  const next = (events: AsyncIterable<unknown>): unknown => events[Symbol.asyncIterator]().next();

  for (const [name, call] of Object.entries(calls)) {
    it(name, async () => {
      const rows = [];
      for (const { fs, root } of bothSides()) {
        const error = await (async () => call(fs, root))().catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(Error);
        const { name: kind, message, code, errno, syscall, path: at, filename } = error as Record<string, unknown>;
        rows.push(JSON.stringify({ kind, message, code, errno, syscall, at, filename }).replaceAll(root, '<root>'));
      }
      expect(rows[0]).toBe(rows[1]);
    });
  }
});
