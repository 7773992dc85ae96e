/** ssh agents for builds: the socket of one that runs, or one of our own with the keys that it is given. */

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createConnection, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { StratumError } from '../../base/error.js';
import type { SshAgent } from '../../build/ssh-agent.js';
import { hostPath } from '../host/source.js';

const POLL_MS = 10;
const START_MS = 5000;

/** An agent that is to be closed when the build is over. */
export interface OpenAgent extends SshAgent {
  close(): Promise<void>;
}

/** Lends the agent behind a socket: each command gets a socket of its own, which goes with it. */
export function forwardAgent(path: string): OpenAgent {
  return {
    close: async () => {},
    async open({ mode, uid, gid }) {
      const directory = mkdtempSync(join(tmpdir(), 'stratum-ssh-'));
      const own = join(directory, 'agent.sock');
      const sockets = new Set<Socket>();
      const server = createServer((socket) => joinAgent(socket, path, sockets));
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(own, () => resolve());
      });
      chmodSync(own, mode);
      // In a user namespace the ids of the container are none of ours.
      if (process.getuid?.() === 0) chownSync(own, uid, gid);
      return {
        source: hostPath(own),
        async release() {
          for (const socket of sockets) socket.destroy();
          await new Promise<void>((resolve) => {
            server.close(() => resolve());
          });
          await rm(directory, { recursive: true, force: true });
        },
      };
    },
  };
}

/** Joins what a command sends to the agent, and back. */
function joinAgent(socket: Socket, path: string, sockets: Set<Socket>): void {
  const agent = createConnection(path);
  for (const [one, other] of [
    [socket, agent],
    [agent, socket],
  ] as const) {
    sockets.add(one);
    one.on('error', () => other.destroy());
    one.on('close', () => {
      sockets.delete(one);
      other.destroy();
    });
    one.pipe(other);
  }
}

/**
 * An agent with these private keys, by the ssh-agent and ssh-add of the system. Fails with UNSUPPORTED where they are
 * missing, with USAGE for what is no key, or one with a passphrase.
 */
export async function keyAgent(keys: readonly string[]): Promise<OpenAgent> {
  const directory = mkdtempSync(join(tmpdir(), 'stratum-agent-'));
  const path = join(directory, 'agent.sock');
  const child = spawn('ssh-agent', ['-D', '-a', path], { stdio: 'ignore' });
  const close = async (): Promise<void> => {
    child.kill();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await started(child, path);
    const env = { ...process.env, SSH_AUTH_SOCK: path, SSH_ASKPASS_REQUIRE: 'never' };
    const adding = promisify(execFile)('ssh-add', ['-q', '--', ...keys], { env });
    adding.child.stdin?.end();
    await adding;
  } catch (cause) {
    await close();
    if (cause instanceof StratumError) throw cause;
    const said = ((cause as { stderr?: string }).stderr ?? '').trim() || (cause as Error).message;
    throw new StratumError('USAGE', `cannot take the ssh keys: ${said}`, { cause });
  }
  return { ...forwardAgent(path), close };
}

async function started(child: ChildProcess, path: string): Promise<void> {
  let failure: Error | undefined;
  child.once('error', (error) => {
    failure = error;
  });
  for (const deadline = Date.now() + START_MS; !existsSync(path); ) {
    if (failure !== undefined || child.exitCode !== null || Date.now() > deadline) {
      throw new StratumError('UNSUPPORTED', `cannot start ssh-agent: ${failure?.message ?? 'it ended'}`);
    }
    await new Promise((resolve) => {
      setTimeout(resolve, POLL_MS);
    });
  }
}
