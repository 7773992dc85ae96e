/** A shell in a thread of its own: whatever it does, it can be ended, and its files are those of its host. */

import { beforeAll, describe, expect, test } from 'vitest';
import type { RunningCommand, RunRequest, Runtime } from '../../src/build/runtime.js';
import type { UnionFs } from '../../src/fs/union-fs.js';
import type { ShellOptions } from '../../src/shell/runtime.js';
import { builtModule } from '../kit/built.js';

const LOOP = 'while true; do :; done';
/** Well below the hour that a command may take, and above what a busy machine needs. */
const SOON_MS = 5000;

let shellRuntime: (options?: ShellOptions) => Runtime;
let unions: typeof UnionFs;

beforeAll(async () => {
  ({ UnionFs: unions } = (await builtModule('index.js')) as { UnionFs: typeof UnionFs });
  ({ shellRuntime } = (await builtModule('shell/runtime.js')) as { shellRuntime: typeof shellRuntime });
});

function base(): UnionFs {
  return unions.fromJSON({ '/etc/passwd': 'root:x:0:0:root:/root:/bin/sh\n', '/tmp': null });
}

interface Printed {
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
  readonly at: number;
}

async function run(script: string, more: Partial<RunRequest> = {}, options: ShellOptions = {}) {
  const union = base();
  const printed: Printed[] = [];
  const start = performance.now();
  const take = (stream: Printed['stream']) => (chunk: Uint8Array) => {
    printed.push({ stream, text: new TextDecoder().decode(chunk), at: performance.now() - start });
  };
  const { exitCode } = await shellRuntime({ withoutPrograms: true, ...options }).run({
    union,
    layers: [],
    argv: ['/bin/sh', '-c', script],
    env: { PATH: '/bin' },
    cwd: '/',
    user: '',
    mounts: [],
    network: 'none',
    hostname: 'box',
    stdout: take('stdout'),
    stderr: take('stderr'),
    ...more,
  });
  return { exitCode, union, printed, text: printed.map(({ text }) => text).join(''), took: performance.now() - start };
}

describe('a loop that never waits', () => {
  test('leaves its host free, and ends at once when it is aborted', async () => {
    const stop = new AbortController();
    let ticks = 0;
    const ticking = setInterval(() => ticks++, 10);
    let printed = '';
    let stoppedAt = 0;
    const stdout = (chunk: Uint8Array): void => {
      printed += new TextDecoder().decode(chunk);
      setTimeout(() => {
        stoppedAt = performance.now();
        stop.abort();
      }, 300);
    };
    const { exitCode } = await run(`echo before; ${LOOP}`, { signal: stop.signal, stdout });
    clearInterval(ticking);
    expect([exitCode, printed]).toEqual([137, 'before\n']);
    expect(performance.now() - stoppedAt).toBeLessThan(100);
    expect(ticks).toBeGreaterThan(5);
  });

  test('ends when its time is over', async () => {
    const { exitCode, took } = await run(LOOP, { timeoutMs: 300 });
    expect([exitCode, took < SOON_MS]).toEqual([137, true]);
  });

  test.each([
    [15, 143],
    [9, 137],
  ])('ends by signal %i', async (signal, expected) => {
    const onStart = (running: RunningCommand): void => void setTimeout(() => running.kill(signal), 200);
    expect((await run(LOOP, { onStart })).exitCode).toBe(expected);
  });

  test('beside the first command ends alone', async () => {
    const codes: number[] = [];
    const onStart = (running: RunningCommand): void => {
      const stop = new AbortController();
      const quiet = { env: { PATH: '/bin' }, cwd: '/', user: '', stdout: () => {}, stderr: () => {} };
      void running
        .exec({ ...quiet, argv: ['sh', '-c', LOOP], signal: stop.signal })
        .then(({ exitCode }) => codes.push(exitCode))
        .then(() => running.exec({ ...quiet, argv: ['touch', '/tmp/done'] }));
      setTimeout(() => stop.abort(), 300);
    };
    const { exitCode } = await run('until [ -f /tmp/done ]; do sleep 0.02; done; exit 4', { onStart });
    expect([codes, exitCode]).toEqual([[137], 4]);
  });

  test('in one command is ended too', async () => {
    // As many lines as seq gives, and seconds for sort.
    const { exitCode, took } = await run('seq 1 1000000 | sort -n | sort -n | sort -n', { timeoutMs: 500 });
    expect([exitCode, took < SOON_MS]).toEqual([137, true]);
  });

  test('harms neither its files nor the next shell', async () => {
    const stop = new AbortController();
    const stdout = (): void => void setTimeout(() => stop.abort(), 200);
    const script = 'i=0; while true; do echo $i > /tmp/f; if [ $i = 0 ]; then echo begun; fi; i=$((i+1)); done';
    const { union } = await run(script, { signal: stop.signal, stdout });
    expect(union.fs.readFileSync('/tmp/f', 'utf8')).toMatch(/^(\d+\n)?$/);
    expect(union.changes().map(({ path }) => path)).toEqual(['/tmp', '/tmp/f']);
    expect((await run('echo again')).text).toBe('again\n');
  });

  test('is not ended for its length alone', async () => {
    expect((await run('i=0; while [ $i -lt 120000 ]; do i=$((i+1)); done; echo $i')).text).toBe('120000\n');
  }, 120_000);
});

describe('what a script prints', () => {
  test('comes while it runs', async () => {
    const { printed } = await run('echo a; sleep 0.4; echo b >&2; echo c');
    expect(printed.map(({ stream, text }) => [stream, text])).toEqual([
      ['stdout', 'a\n'],
      ['stderr', 'b\n'],
      ['stdout', 'c\n'],
    ]);
    const [first = 0, second = 0] = printed.map(({ at }) => at);
    expect(second - first).toBeGreaterThan(300);
  });

  test.each<[string, string]>([
    ['for i in 1 2; do echo $i; done | tac; echo end', '2\n1\nend\n'],
    ['echo a >&2; echo b 2>&1; (echo c; echo d >&2); { echo e; } > /tmp/e; cat /tmp/e', 'a\nb\nc\nd\ne\n'],
    ['x=$(echo in); echo "[$x]"; f() { echo f; }; y=$(f); f; echo "[$y]"', '[in]\nf\n[f]\n'],
    ['exec > /tmp/all; echo hidden; cat /tmp/all >&2', 'hidden\n'],
    ['if echo cond; then echo then; fi; case a in a) echo case;; esac; ! echo not', 'cond\nthen\ncase\nnot\n'],
    ['set -e; false || echo or; x=$(false) || echo failed; sh -c "echo inner"; false; echo no', 'or\nfailed\ninner\n'],
    ['echo a | while read l; do echo "<$l>"; done; find /etc/passwd -exec echo F {} \\;', '<a>\nF /etc/passwd\n'],
    ['set -C; echo one; echo two; cat <<E\nhere\nE', 'one\ntwo\nhere\n'],
    ['set -x; x=1; echo $x', '+ x=1\n1\n+ echo 1\n'],
  ])('is what it would be at its end: %s', async (script, expected) => {
    expect((await run(script)).text).toBe(expected);
  });

  test('is as many bytes as it is', async () => {
    const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => i & 0xff);
    const got: Uint8Array[] = [];
    const stdin = (async function* () {
      yield bytes;
    })();
    await run('cat', { stdin, stdout: (chunk) => got.push(chunk.slice()) });
    expect(Buffer.compare(Buffer.concat(got), bytes)).toBe(0);
  });
});

describe('a script of the image', () => {
  test('has its name and its parameters, and tells what it prints as it runs', async () => {
    const files = ({ fs }: UnionFs): void => {
      fs.writeFileSync('/entry', '#!/bin/sh -e\necho "$0 $1 $#"\nsleep 0.2\nfalse\necho no\n', { mode: 0o755 });
    };
    for (const argv of [
      ['/entry', 'a', 'b c'],
      ['/bin/sh', '-e', '/entry', 'a', 'b c'],
    ]) {
      const union = base();
      files(union);
      const { exitCode, text, printed } = await run('', { argv, union });
      expect([exitCode, text]).toEqual([1, '/entry a 2\n']);
      expect(printed).toHaveLength(1);
    }
  });
});

test('commands of the host are called where the host is', async () => {
  const here = performance;
  const commands: ShellOptions['commands'] = {
    greet: async ([name = ''], { cwd, env, kernel }) => {
      kernel.mkdir('/made', 0o755);
      const isHere = here === performance;
      const who = env instanceof Map ? env.get('WHO') : (env as Readonly<Record<string, string>>)['WHO'];
      return { stdout: `${name} ${cwd} ${who} ${isHere}\n`, stderr: '', exitCode: 3 };
    },
  };
  const { text, union } = await run('cd /tmp; export WHO=me; greet you; echo $?', {}, { commands });
  expect(text).toBe('you /tmp me true\n3\n');
  expect(union.fs.existsSync('/made')).toBe(true);
});

test('what a script leaves running reaches no later one', async () => {
  await run('(sleep 0.3; echo late; echo late > /tmp/late) & echo now');
  const { text, union } = await run('sleep 0.6; ls /tmp; echo end');
  expect(text).toBe('end\n');
  expect(union.fs.existsSync('/tmp/late')).toBe(false);
});

test('errors of files come as in this thread', async () => {
  const { text } = await run('cat /none; mkdir /etc/passwd/x; rmdir /tmp/none; echo x > /none/y; echo $?');
  expect(text).toContain('cat: /none: No such file or directory\n');
  expect(text).toContain('passwd');
});

test('a worker that is handed in is used, and used again', async () => {
  const { Worker } = await import('node:worker_threads');
  let started = 0;
  const worker = () => {
    started++;
    const { href } = new URL('../../dist/shell/thread-main.js', import.meta.url);
    const main = new Worker(new URL('../../dist/node/thread-main.js', import.meta.url), { workerData: href });
    main.unref();
    const like: ReturnType<NonNullable<ShellOptions['worker']>> = {
      postMessage: (message) => main.postMessage(message),
      terminate: () => void main.terminate(),
      onmessage: null,
      onerror: null,
    };
    main.on('message', (data) => like.onmessage?.({ data } as MessageEvent));
    return like;
  };
  const runtime = shellRuntime({ withoutPrograms: true, worker });
  const request = { union: base(), layers: [], env: {}, cwd: '/', user: '', mounts: [], hostname: 'box' };
  const quiet = { network: 'none', stdout: () => {}, stderr: () => {} } as const;
  for (const code of [1, 2]) {
    const argv = ['sh', '-c', `exit ${code}`];
    expect(await runtime.run({ ...request, ...quiet, argv })).toEqual({ exitCode: code });
  }
  expect(started).toBe(1);
  expect(await runtime.run({ ...request, ...quiet, argv: ['sh', '-c', LOOP], timeoutMs: 200 })).toEqual({
    exitCode: 137,
  });
});
