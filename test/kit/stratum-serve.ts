/** `stratum serve` in a process of its own, at a port that is free. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The program as it is published; the set-up of the tests builds it. */
const PROGRAM = fileURLToPath(new URL('../../dist/bin/stratum.js', import.meta.url));

export interface Served {
  /** `127.0.0.1:40000`. */
  readonly host: string;
  readonly url: string;
  readonly pid: number;
  /** Ends it as a service manager does; gives its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts one over the store at `root`, and waits until it listens. */
export async function stratumServe(root: string, args: readonly string[] = []): Promise<Served> {
  const child = spawn(process.execPath, [PROGRAM, '--root', root, 'serve', '--port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  for await (const chunk of child.stdout) {
    text += String(chunk);
    if (text.includes('\n')) break;
  }
  const url = / at (http:\/\/\S+)\n/.exec(text)?.[1];
  if (url === undefined || child.pid === undefined) throw new Error(`stratum serve did not start: ${text}`);
  return {
    host: url.slice('http://'.length),
    url,
    pid: child.pid,
    stop: async (signal = 'SIGTERM') => {
      if (child.exitCode !== null) return child.exitCode;
      const exit = once(child, 'exit');
      child.kill(signal);
      const [code] = (await exit) as [number | null];
      return code;
    },
  };
}
