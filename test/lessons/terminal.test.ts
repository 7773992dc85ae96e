/** `stratum lesson` as it is published: through a pipe, and at a terminal. */

import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Lesson } from '../../src/lessons/lesson.js';
import { findLesson, LESSONS } from '../../src/lessons/lessons.js';
import { requires } from '../kit/requires.js';
import { Terminal } from './terminal.js';

const LONG_MS = 300_000;
/** One process that says when an interrupt will find it: a shell may lose one between two commands. */
const BEGIN_AND_WAIT = 'import time; print("begun", flush=True); time.sleep(100)';
const lesson = (id: string): Lesson => findLesson(id) ?? expect.unreachable();

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'stratum-lessons-'));
});

afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

async function at(
  args: readonly string[],
  work: (terminal: Terminal) => Promise<void>,
  isTerminal = false,
): Promise<void> {
  const terminal = new Terminal(args, { root, isTerminal });
  try {
    await work(terminal);
  } finally {
    terminal.kill();
  }
}

async function output(args: readonly string[], input = ''): Promise<{ code: number; text: string }> {
  const terminal = new Terminal(args, { root, isTerminal: false });
  terminal.send(input);
  const code = await terminal.end();
  return { code, text: terminal.text };
}

describe('through a pipe', () => {
  test.each(LESSONS.map(({ id }) => id))(
    'lesson %s is done by what it says itself',
    async (id) => {
      await at(['lesson', id], async (terminal) => {
        await terminal.solve(lesson(id));
        expect(await terminal.end()).toBe(0);
        expect(terminal.text).not.toContain('The lesson ends at step');
      });
    },
    LONG_MS,
  );

  test('the list marks what was done', async () => {
    const { text } = await output(['lesson', '--format', '{{.ID}} {{.Done}}']);
    expect(text).toBe(LESSONS.map(({ id }) => `${id} true\n`).join(''));
  });

  test(
    'a lesson that is not done to its end fails, and leaves nothing behind',
    async () => {
      const before = (await readdir(tmpdir())).filter((name) => name.startsWith('stratum-lesson-'));
      const { code, text } = await output(['lesson', '1'], '2\n3\nskip\n');
      expect(code).toBe(1);
      expect(text).toContain('That is not it.');
      expect(text).toContain('The lesson ends at step 3 of 6.');
      const after = (await readdir(tmpdir())).filter((name) => name.startsWith('stratum-lesson-'));
      expect(after.filter((name) => !before.includes(name))).toEqual([]);
    },
    LONG_MS,
  );

  test(
    'a step that was skipped is not done',
    async () => {
      const { code, text } = await output(['lesson', 'volumes'], 'skip\n'.repeat(lesson('volumes').steps.length));
      expect(text).toContain(lesson('volumes').outro.slice(0, 40));
      expect(code).toBe(1);
    },
    LONG_MS,
  );

  test(
    'commands are those of a shell: directories stay, variables and documents work, failures do not end the lesson',
    async () => {
      const directory = join(root, 'kept');
      const typed = [
        'pwd > "$STRATUM_ROOT/../where"',
        'cd a && false',
        'pwd >> "$STRATUM_ROOT/../where"',
        "cat > 'two words' <<'END'",
        'hint',
        '$HOME',
        'END',
        'exit 3; echo never',
        'cat',
        'stratum no-such-verb',
        'cd / && stratum build --check a',
        'check',
        'hint',
        'goal',
        'help',
        'quit',
        'echo never',
      ];
      const { code, text } = await output(['lesson', '1', '--directory', directory], `${typed.join('\n')}\n`);
      expect(code).toBe(1);
      expect(await readFile(join(directory, 'where'), 'utf8')).toBe(`${directory}/work\n${directory}/work/a\n`);
      expect(await readFile(join(directory, 'work/a/two words'), 'utf8')).toBe('hint\n$HOME\n');
      expect(text).toContain("unknown command 'no-such-verb'");
      expect(text).not.toMatch(/^never$/m);
      expect((await output(['lesson', '1', '--directory', directory])).text).toContain('is not empty');
    },
    LONG_MS,
  );

  test(
    'what a learner breaks is told, and does not end the lesson',
    async () => {
      const typed = [
        'rm -r ../work ../builds',
        'pwd',
        'skip',
        'echo broken > "$STRATUM_ROOT/index.json"',
        'solution',
        'check',
        'rm -r "$STRATUM_ROOT"',
        'check',
        'quit',
      ];
      const { code, text } = await output(['lesson', '1'], `${typed.join('\n')}\n`);
      expect(code).toBe(1);
      expect(text).toMatch(/lesson\$ pwd\n\/.*\/work\n/);
      expect(text).toMatch(/check\n… The store cannot be read: .*index\.json/s);
      expect(text).toMatch(/check\n… There is no image `app:a` yet\./);
      expect(text).toContain('The lesson ends at step 2 of 6.');
    },
    LONG_MS,
  );

  test.each(['0', '10', 'nonsense', '../1', '__proto__'])('there is no lesson %s', async (which) => {
    const { code, text } = await output(['lesson', which]);
    expect([code, text]).toEqual([125, `Error: there is no lesson '${which}'\n'stratum lesson' lists them.\n`]);
  });
});

describe('at a terminal', () => {
  requires('python3')(
    'a lesson is typed line by line',
    async () => {
      await at(
        ['lesson', 'layers'],
        async (terminal) => {
          await terminal.solve(lesson('layers'));
          await terminal.see(/That is why a big base/);
          expect(await terminal.end()).toBe(0);
        },
        true,
      );
    },
    LONG_MS,
  );

  requires('python3')(
    'an interrupt gives up a line or ends a command, and the lesson goes on; the end of the input ends it',
    async () => {
      await at(
        ['lesson', 'layers'],
        async (terminal) => {
          await terminal.see(/lesson\$ /);
          terminal.send('echo no\u0003');
          await terminal.see(/lesson\$ /);
          terminal.send("echo 'unfinished\n");
          await terminal.see(/> /);
          terminal.send('\u0003');
          await terminal.see(/lesson\$ /);
          terminal.send(`python3 -c '${BEGIN_AND_WAIT}'; echo not reached\n`);
          await terminal.see(/\nbegun\n/);
          terminal.send('\u0003');
          await terminal.see(/lesson\$ /);
          terminal.send('test -t 0 && test -t 1 && echo at a "terminal"\n');
          await terminal.see(/\nat a terminal\n/);
          await terminal.see(/lesson\$ /);
          terminal.send('\u0004');
          await terminal.see(/The lesson ends at step 1 of 6/);
          expect(await terminal.end()).toBe(1);
          expect(terminal.text).not.toMatch(/^no$|(?<!echo )not reached/m);
          expect(terminal.text).not.toContain('lesson$ lesson$');
        },
        true,
      );
    },
    LONG_MS,
  );
});
