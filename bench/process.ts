/** Runs whole processes one at a time: wall time, and the most memory one ever held. */

import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export interface ProcessRun {
  readonly wallNs: number;
  readonly stdout: string;
}

/** Runs a program to its end; throws with what it printed when it fails. */
export function runProcess(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<ProcessRun> {
  return new Promise((resolve, reject) => {
    const started = process.hrtime.bigint();
    const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      const wallNs = Number(process.hrtime.bigint() - started);
      if (code === 0) resolve({ wallNs, stdout });
      else reject(new Error(`${command} ${args.join(' ')} ended with ${code}: ${stderr.slice(-2000)}`));
    });
  });
}

/** Runs one of bench/children and reads the JSON that it prints last. */
export async function runChild<T>(name: string, args: readonly string[], nodeArgs: readonly string[] = []): Promise<T> {
  const script = fileURLToPath(new URL(`./children/${name}.js`, import.meta.url));
  const { stdout } = await runProcess(process.execPath, [...nodeArgs, script, ...args]);
  const lines = stdout.trimEnd().split('\n');
  return JSON.parse(lines.at(-1) as string) as T;
}

/** The command line as it is published; `npm run bench` builds it first. */
export function stratumBin(): string {
  return path.resolve('dist/bin/stratum.js');
}

/** Why a command cannot run, or `undefined` when it can. */
export function missingCommand(name: string): string | undefined {
  const found = (process.env['PATH'] ?? '').split(path.delimiter).some((dir) => existsSync(path.join(dir, name)));
  return found ? undefined : `no ${name} on the PATH`;
}

/** Runs a short command for its effect. */
export function sh(command: string, args: readonly string[]): void {
  const result = spawnSync(command, args, { encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`${command} ${args.slice(0, 3).join(' ')} …: ${result.stderr}`);
}
