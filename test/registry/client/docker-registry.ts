/** Docker's own registry on a free port of the loopback interface, started and ended by the tests. */

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../kit/run.js';

export interface DockerRegistry {
  /** `127.0.0.1:40123`. */
  readonly host: string;
  /** Everything it has logged so far. */
  log(): string;
  stop(): Promise<void>;
}

export interface DockerRegistryOptions {
  /** Wants this name and password, by Basic. */
  readonly user?: { readonly name: string; readonly password: string };
}

export async function startDockerRegistry({ user }: DockerRegistryOptions = {}): Promise<DockerRegistry> {
  const folder = mkdtempSync(join(tmpdir(), 'stratum-registry-'));
  const port = await freePort();
  const auth = user === undefined ? [] : await basicAuth(folder, user);
  writeFileSync(
    join(folder, 'config.yml'),
    [
      'version: 0.1',
      'log: {level: debug}',
      `storage: {filesystem: {rootdirectory: ${folder}/data}, cache: {blobdescriptor: inmemory}, delete: {enabled: true}}`,
      `http: {addr: "127.0.0.1:${port}", secret: abc}`,
      ...auth,
    ].join('\n'),
  );
  const logFile = join(folder, 'log');
  const child = spawn('sh', ['-c', `exec docker-registry serve ${folder}/config.yml >${logFile} 2>&1`], {
    stdio: 'ignore',
  });
  await answering(port);
  return {
    host: `127.0.0.1:${port}`,
    log: () => readFileSync(logFile, 'utf8'),
    stop: async () => {
      await ended(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function basicAuth(folder: string, user: { name: string; password: string }): Promise<string[]> {
  const file = join(folder, 'htpasswd');
  writeFileSync(file, await run('htpasswd', ['-Bbn', user.name, user.password]));
  return [`auth: {htpasswd: {realm: test, path: ${file}}}`];
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function answering(port: number): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await fetch(`http://127.0.0.1:${port}/v2/`);
      return;
    } catch (error) {
      if (tries === 200) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
