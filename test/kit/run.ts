/** Runs a command and gives what it printed; a failure carries what it said. */

import { execFile } from 'node:child_process';

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const settings = { cwd: options.cwd, env: { ...process.env, ...options.env }, maxBuffer: 1 << 28 };
  return new Promise((resolve, reject) => {
    execFile(command, [...args], settings, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${command} ${args.join(' ')}: ${stderr || error.message}`));
    });
  });
}
