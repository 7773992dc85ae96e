import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/** The program as it is published; the set-up of the tests builds it. */
const program = fileURLToPath(new URL('../../dist/bin/stratum.js', import.meta.url));

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'stratum-process-'));
});

afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

function shell(script: string, cwd: string = directory): Promise<{ stdout: string; stderr: string }> {
  const define = `set -euo pipefail; export STRATUM_ROOT="$PWD/store"; stratum() { "${process.execPath}" "${program}" "$@"; }\n`;
  return promisify(execFile)('bash', ['-c', define + script], { cwd });
}

describe('a process of its own', () => {
  test('has an exit code and keeps errors off standard output', async () => {
    const { stdout } = await shell(
      'stratum history nothing 2> err || echo "code $?"; stratum bogus 2>> err || echo "code $?"',
    );
    expect(stdout).toBe('code 1\ncode 125\n');
    expect(await readFile(join(directory, 'err'), 'utf8')).toMatch(
      /^Error: [^\n]*\n[^\n]*\nError: unknown command 'bogus'\n/,
    );
  });

  test('is quiet when its reader goes away', async () => {
    const { stdout, stderr } = await shell(
      'set +o pipefail; for i in 1 2 3; do stratum help; done 2>&1 | head -1; stratum help | true',
    );
    expect([stdout, stderr]).toEqual(['Usage: stratum [--root DIR] COMMAND\n', '']);
  });

  test('ends with 130 on an interrupt', async () => {
    const child = spawn(process.execPath, [program, '--root', join(directory, 'interrupted'), 'load'], {
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    child.stdin.write(Buffer.alloc(1024));
    await new Promise((resolve) => setTimeout(resolve, 700));
    child.kill('SIGINT');
    const [code] = await once(child, 'exit');
    expect(code).toBe(130);
  });
});

/** Every line of the tour in docs/cli.md, in one shell, as a reader would type it. */
test('the tour in the documentation runs as printed', async () => {
  const page = await readFile(new URL('../../docs/cli.md', import.meta.url), 'utf8');
  const tour = /```sh\n(.*?)```/s.exec(page)?.[1] ?? '';
  const cwd = join(directory, 'tour');
  await mkdir(cwd);
  const { stdout } = await shell(tour, cwd);
  expect(stdout).toContain('Loaded image: demo/site:1');
  expect(stdout).toMatch(/^A \/srv\/index\.html$|^C \/srv\/index\.html$/m);
  expect(stdout).toMatch(/\n0 errors, 0 warnings\n$/);
}, 60_000);
