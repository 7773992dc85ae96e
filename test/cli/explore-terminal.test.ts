/** The explorer on a terminal: a pseudo-terminal is driven as a user would, and says what it was left like. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.js';
import { requires } from '../kit/requires.js';
import { run } from '../kit/run.js';
import { makeWorld } from './kit.js';
import { tarOf } from './store.js';

/** The program as it is published; the set-up of the tests builds it. */
const PROGRAM = fileURLToPath(new URL('../../dist/bin/stratum.js', import.meta.url));
const DRIVER = fileURLToPath(new URL('./terminal-driver.py', import.meta.url));
const ENTER = '\u001b[?1049h';
const LEAVE = '\u001b[?1049l';
const withTerminal = requires('python3');
const SLOW_MS = 60_000;

/** Waits until a text was printed, then types, sends a signal or changes the size. Keys arrive in pieces at a bar. */
type Step = { readonly until: string } & (
  | { readonly keys: string }
  | { readonly signal: number }
  | { readonly size: [number, number] }
);

interface Outcome {
  /** All that was printed. */
  readonly output: string;
  /** Exit code; of a signal, negative. */
  readonly code: number;
  /** Whether the terminal echoes and edits lines as before. */
  readonly isRestored: boolean;
}

let directory = '';
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'stratum-terminal-'));
  const files = tarOf({ 'etc/': '', 'etc/motd': 'hello\n', '\u001b]0;own\u0007': 'x' });
  const world = makeWorld({ stdin: files, env: { STRATUM_ROOT: join(directory, 'store') } });
  expect(await main(['import', '-', 'demo/base:1'], world.io)).toBe(0);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function drive(steps: readonly Step[], image = 'demo/base:1'): Promise<Outcome> {
  const script = join(directory, `steps-${Math.random()}.json`);
  const argv = [process.execPath, PROGRAM, '--root', join(directory, 'store'), 'explore', image];
  writeFileSync(script, JSON.stringify({ argv, steps, rows: 24, columns: 100 }));
  return JSON.parse(await run('python3', [DRIVER, script]));
}

describe('on a terminal', () => {
  withTerminal(
    'shows the image on a screen of its own, and gives back what was there with q',
    async () => {
      const { output, code, isRestored } = await drive([
        { until: 'motd', keys: '\t' },
        { until: 'Space fold', keys: '\u001b[B' },
        { until: '▸A', keys: 'q' },
      ]);
      expect([code, isRestored]).toEqual([0, true]);
      expect(output).toContain('Layers of demo/base:1');
      expect(output.indexOf(ENTER)).toBeLessThan(output.indexOf('Layers of'));
      expect(output.endsWith(LEAVE)).toBe(true);
      expect(output).toContain('\u001b[?25h');
      // What a file is called changes no title.
      expect(output).not.toContain('\u001b]0;');
      expect(output).toContain('\\u001b]0;own');
    },
    SLOW_MS,
  );

  withTerminal(
    'takes a key that arrives in pieces, and an escape that is only that',
    async () => {
      const { output, code } = await drive([
        { until: 'motd', keys: '\t' },
        { until: 'Space fold', keys: '\u001b|[B' },
        { until: '▸A drw', keys: '/mo' },
        { until: 'filter: mo', keys: '\u001b' },
        { until: 'Space fold', keys: '\u0003' },
      ]);
      expect(code).toBe(0);
      expect(output.endsWith(LEAVE)).toBe(true);
    },
    SLOW_MS,
  );

  withTerminal(
    'draws anew when the size changes',
    async () => {
      const { output, code } = await drive([
        { until: 'motd', size: [10, 40] },
        { until: '\u001b[2J\u001b[1;1H', keys: 'q' },
      ]);
      expect(code).toBe(0);
      const last = output.slice(output.lastIndexOf('\u001b[2J'));
      expect(last).not.toContain('motd');
      expect(last).toContain('Layers of');
    },
    SLOW_MS,
  );

  for (const [name, signal] of [
    ['an interrupt', 2],
    ['SIGTERM', 15],
    ['SIGHUP', 1],
  ] as const) {
    withTerminal(
      `gives the terminal back when ${name} ends it`,
      async () => {
        const { output, code, isRestored } = await drive([{ until: 'motd', signal }]);
        expect([code, isRestored]).toEqual([128 + signal, true]);
        expect(output.slice(output.lastIndexOf(ENTER))).toContain(LEAVE);
      },
      SLOW_MS,
    );
  }

  withTerminal(
    'says what is wrong on the screen that was there',
    async () => {
      const { output, code } = await drive([], 'nothing');
      expect(code).toBe(1);
      expect(output).toContain('no such image: nothing');
      expect(output).not.toContain(ENTER);
    },
    SLOW_MS,
  );
});

test('without a terminal it says so, and what else there is', async () => {
  const { io, stderr } = makeWorld({ env: { STRATUM_ROOT: join(directory, 'store') } });
  expect(await main(['explore', 'demo/base:1'], io)).toBe(125);
  expect(stderr.text).toMatch(/^Error: explore needs a terminal\n'stratum analyze'/);
});
