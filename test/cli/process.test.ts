import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
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

  describe('in a shell that loops for ever', () => {
    const loop = 'echo begun; while true; do :; done';
    let root: string;

    beforeAll(async () => {
      root = join(directory, 'looping');
      const files = join(directory, 'files');
      await mkdir(files);
      await writeFile(join(files, 'sh'), 'a shell', { mode: 0o755 });
      await writeFile(join(files, 'Dockerfile'), `FROM scratch AS box\nCOPY sh /bin/\nFROM box\nRUN ${loop}\n`);
      await promisify(execFile)(process.execPath, [
        program,
        '--root',
        root,
        'build',
        '--target=box',
        '--tag=box',
        files,
      ]);
    });

    /** The exit code, and how long it took from the interrupt. */
    async function interrupted(args: readonly string[], word: string): Promise<{ code: unknown; took: number }> {
      const child = spawn(process.execPath, [program, '--root', root, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
      let printed = '';
      await new Promise<void>((resolve) => {
        for (const stream of [child.stdout, child.stderr]) {
          stream.on('data', (chunk) => {
            printed += String(chunk);
            if (printed.includes(word)) resolve();
          });
        }
      });
      const start = performance.now();
      child.kill('SIGINT');
      const [code] = await once(child, 'exit');
      return { code, took: performance.now() - start };
    }

    test('ends at once with 130 on an interrupt: run', async () => {
      const { code, took } = await interrupted(['run', '--rm', 'box', 'sh', '-c', loop], 'begun');
      expect([code, took < 2000]).toEqual([130, true]);
    });

    test('ends at once with 130 on an interrupt: build, which names nothing', async () => {
      const args = ['build', '--progress=plain', '--tag=never', join(directory, 'files')];
      const { code, took } = await interrupted(args, ' begun\n');
      expect([code, took < 2000]).toEqual([130, true]);
      const { stdout } = await promisify(execFile)(process.execPath, [program, '--root', root, 'images', 'never']);
      expect(stdout).not.toContain('never ');
    });

    test('is stopped from another process, which does not wait longer than it must', async () => {
      const stratum = (...args: string[]) => promisify(execFile)(process.execPath, [program, '--root', root, ...args]);
      await stratum('run', '-d', '--name=loop', 'box', 'sh', '-c', loop);
      const start = performance.now();
      await stratum('stop', 'loop');
      expect(performance.now() - start).toBeLessThan(5000);
      expect((await stratum('wait', 'loop')).stdout).toBe('143\n');
      expect((await stratum('logs', 'loop')).stdout).toMatch(/^(begun\n)?$/);
    });
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
