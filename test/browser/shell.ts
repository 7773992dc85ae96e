/** A shell in a worker of a page. The same module is the page's and the worker's. */

import { UnionFs } from '../../src/index.browser.js';
import { serveShell, shellRuntime } from '../../src/shell/runtime.js';

// A worker has no document.
if (typeof document === 'undefined') serveShell(globalThis as unknown as Parameters<typeof serveShell>[0]);

export interface ShellSample {
  readonly exitCodes: readonly number[];
  readonly printed: string;
  /** How often the page came to do something else while the worker looped. */
  readonly ticks: number;
  readonly file: string;
}

/** Runs a script, then a loop that is stopped, then a script again. */
export async function shellSample(url: string): Promise<ShellSample> {
  const runtime = shellRuntime({ withoutPrograms: true, worker: () => new Worker(url, { type: 'module' }) });
  const union = UnionFs.fromJSON({ '/tmp': null });
  let printed = '';
  let ticks = 0;
  const stop = new AbortController();
  const run = async (script: string, signal?: AbortSignal): Promise<number> => {
    const stdout = (chunk: Uint8Array): void => {
      printed += new TextDecoder().decode(chunk);
      if (printed.endsWith('begun\n')) setTimeout(() => stop.abort(), 300);
    };
    const { exitCode } = await runtime.run({
      union,
      layers: [],
      argv: ['sh', '-c', script],
      env: { PATH: '/bin' },
      cwd: '/',
      user: '',
      mounts: [],
      network: 'none',
      hostname: 'page',
      stdout,
      stderr: stdout,
      ...(signal !== undefined && { signal }),
    });
    return exitCode;
  };
  const ticking = setInterval(() => ticks++, 10);
  const exitCodes = [
    await run('echo one > /tmp/f; cat /tmp/f; exit 3'),
    await run('echo begun; while true; do :; done', stop.signal),
    await run('echo two >> /tmp/f'),
  ];
  clearInterval(ticking);
  return { exitCodes, printed, ticks, file: union.fs.readFileSync('/tmp/f', 'utf8') };
}
