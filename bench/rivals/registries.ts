/** Registries as processes on the loopback interface: Debian's docker-registry, and `stratum serve`. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { missingCommand, stratumBin } from '../process.js';

export interface RunningRegistry {
  /** `127.0.0.1:5000`. */
  readonly host: string;
  readonly pid: number;
  /** Ends it and removes what it stored. */
  stop(): Promise<void>;
}

export type StartRegistry = (scratch: string) => Promise<RunningRegistry>;

const READY_MS = 10_000;

export function dockerRegistryMissing(): string | undefined {
  return missingCommand('docker-registry');
}

export const startDockerRegistry: StartRegistry = async (scratch) => {
  const { directory, host } = await place(scratch);
  const config = path.join(directory, 'config.json');
  const settings = {
    version: 0.1,
    log: { level: 'error', accesslog: { disabled: true } },
    storage: { cache: { blobdescriptor: 'inmemory' }, filesystem: { rootdirectory: path.join(directory, 'data') } },
    http: { addr: host, secret: 'bench' },
  };
  // JSON is YAML.
  fs.writeFileSync(config, JSON.stringify(settings));
  return running('docker-registry', ['serve', config], directory, host);
};

export const startStratum: StartRegistry = async (scratch) => {
  const { directory, host } = await place(scratch);
  const port = host.slice(host.indexOf(':') + 1);
  return running(process.execPath, [stratumBin(), '--root', directory, 'serve', '--port', port], directory, host);
};

async function running(
  command: string,
  args: readonly string[],
  directory: string,
  host: string,
): Promise<RunningRegistry> {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-2000);
  });
  const ended = once(child, 'exit');
  await ready(child, host, () => complaint);
  return {
    host,
    pid: child.pid as number,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      fs.rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function ready(child: ChildProcess, host: string, complaint: () => string): Promise<void> {
  const until = Date.now() + READY_MS;
  while (Date.now() < until && child.exitCode === null) {
    if (await answers(host)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  child.kill('SIGKILL');
  throw new Error(`no registry answers on ${host}: ${complaint()}`);
}

async function answers(host: string): Promise<boolean> {
  try {
    return (await fetch(`http://${host}/v2/`)).status === 200;
  } catch {
    return false;
  }
}

async function place(scratch: string): Promise<{ directory: string; host: string }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return { directory: fs.mkdtempSync(path.join(scratch, 'registry-')), host: `127.0.0.1:${port}` };
}
