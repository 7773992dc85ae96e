import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createProgress, PROGRESS_DELAY_MS, progressLines } from '../../src/cli/progress.js';
import type { Progress } from '../../src/engine/records.js';
import { makeWorld } from './kit.js';

const DIGEST = `sha256:${'ab'.repeat(32)}`;
const HALF: Progress = { kind: 'blob', id: DIGEST, status: 'reading', currentBytes: 500_000, totalBytes: 1_000_000 };
const DONE: Progress = { ...HALF, id: `sha256:${'cd'.repeat(32)}`, status: 'done', currentBytes: 1_000_000 };

describe('progressLines', () => {
  test('a bar shows how much of how much', () => {
    expect(progressLines([HALF], 10)).toEqual([
      'abababababab  Reading      [==============>               ]  500kB/1MB',
    ]);
  });

  test('without a total there is a count, and what is done has no bar', () => {
    expect(progressLines([{ ...HALF, totalBytes: undefined }, DONE], 10)).toEqual([
      'abababababab  Reading      500kB',
      'cdcdcdcdcdcd  Done         1MB',
    ]);
  });

  test('when lines run short, what is done gives way', () => {
    expect(progressLines([DONE, HALF, { ...DONE, id: 'third' }], 2)).toEqual([
      expect.stringContaining('Reading'),
      '2 of 3 done',
    ]);
  });
});

describe('createProgress', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('draws after a second on a terminal, and wipes what it drew', () => {
    const { io, stderr, stdout } = makeWorld({ isTTY: true });
    const display = createProgress(io);
    display.onProgress(HALF);
    vi.advanceTimersByTime(PROGRESS_DELAY_MS - 1);
    expect(stderr.text).toBe('');
    vi.advanceTimersByTime(1);
    expect(stderr.text).toContain('500kB/1MB');
    display.finish();
    expect(stderr.text.endsWith('\u001b[1A\r\u001b[0J')).toBe(true);
    expect(stdout.text).toBe('');
  });

  test('draws nothing when the work ends within a second', () => {
    const { io, stderr } = makeWorld({ isTTY: true });
    const display = createProgress(io);
    display.onProgress(HALF);
    display.finish();
    vi.advanceTimersByTime(10 * PROGRESS_DELAY_MS);
    expect(stderr.text).toBe('');
  });

  test.each([
    ['in a pipe', { isTTY: false }, {}],
    ['under CI', { isTTY: true, env: { CI: 'true' } }, {}],
    ['on a dumb terminal', { isTTY: true, env: { TERM: 'dumb' } }, {}],
    ['when quiet', { isTTY: true }, { quiet: true }],
  ])('draws nothing %s', (_where, world, options) => {
    const { io, stderr } = makeWorld(world);
    const display = createProgress(io, options);
    display.onProgress(HALF);
    vi.advanceTimersByTime(10 * PROGRESS_DELAY_MS);
    display.finish();
    expect(stderr.text).toBe('');
  });
});
