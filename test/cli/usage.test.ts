import { describe, expect, test } from 'vitest';
import { VERBS } from '../../src/cli/verbs.js';
import { run } from './kit.js';

describe('help', () => {
  test('without a command the overview goes to standard output', async () => {
    for (const argv of [[], ['--help'], ['help']]) {
      const { code, out, err } = await run(argv);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      for (const { name } of VERBS) expect(out).toMatch(new RegExp(`^  ${name}\\s`, 'm'));
    }
  });

  test.each(VERBS.filter(({ name }) => name !== 'system').map(({ name }) => name))('%s has examples', async (name) => {
    const { code, out } = await run([name, '--help']);
    expect(code).toBe(0);
    expect(out).toMatch(/Examples:\n {2}\S/);
    expect((await run(['help', name])).out).toBe(out);
  });
});

describe('a command line that makes no sense', () => {
  test.each([
    [['xyzzy'], "Error: unknown command 'xyzzy'\n'stratum --help' lists the commands.\n"],
    [['help', 'bogus'], "Error: unknown command 'bogus'\n'stratum --help' lists the commands.\n"],
    [['images', '--bogus'], "Error: unknown option '--bogus'\n'stratum images --help' shows how it is used.\n"],
    [['history'], "Error: missing required argument 'image'\n'stratum history --help' shows how it is used.\n"],
    [['cp', 'a', 'b'], 'Error: one side must be a container\nWrite it as CONTAINER:PATH.\n'],
    [['inspect', '--type', 'pod', 'x'], expect.stringContaining('Allowed choices are image, container.')],
    [['imges'], expect.stringContaining('(Did you mean images?)')],
  ])('%j exits with 125 and says why', async (argv, err) => {
    expect(await run(argv)).toMatchObject({ code: 125, out: '', err });
  });
});

test('version prints a version, and its parts on request', async () => {
  expect((await run(['version'])).out).toMatch(/^stratum \d+\.\d+\.\d+ \(Node\.js v/);
  expect((await run(['version', '--format', '{{.Node}}'])).out).toBe(`${process.version}\n`);
  expect((await run(['--version'])).out).toBe((await run(['version'])).out);
});

describe('colour', () => {
  test.each([
    ['a pipe has none', {}, false],
    ['a terminal has it', { isTTY: true }, true],
    ['NO_COLOR takes it away', { isTTY: true, env: { NO_COLOR: '1', FORCE_COLOR: '1' } }, false],
    ['TERM=dumb takes it away', { isTTY: true, env: { TERM: 'dumb' } }, false],
    ['FORCE_COLOR puts it into a pipe', { env: { FORCE_COLOR: '1' } }, true],
  ])('%s', async (_name, world, colored) => {
    expect((await run(['bogus'], world)).err.includes('\u001b[31m')).toBe(colored);
  });
});

test('--debug shows the stack', async () => {
  expect((await run(['cp', '--debug', 'a', 'b'])).err).toMatch(/\n {4}at /);
  expect((await run(['cp', 'a', 'b'])).err).not.toMatch(/\n {4}at /);
});

test('an interrupt ends with 130 and no message', async () => {
  const controller = new AbortController();
  controller.abort();
  expect(await run(['version'], { signal: controller.signal })).toMatchObject({ code: 130, err: '' });
});
