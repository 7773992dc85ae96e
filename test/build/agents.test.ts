/** `RUN --mount=type=ssh` and `RUN --security=insecure`: what a command is lent only when it is allowed to. */

import '../../src/node/platform.js';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { layerChanges } from '../../src/fs/packing.js';
import { UnionFs } from '../../src/fs/union-fs.js';
import { Layer } from '../../src/layer/layer.js';
import { forwardAgent, keyAgent } from '../../src/node/build/ssh-agent.js';
import { chrootRuntime } from '../../src/node/chroot/runtime.js';
import { machineLayers } from '../kit/machine-layers.js';
import { requires } from '../kit/requires.js';
import { Builder } from './kit.js';

const withAgent = requires('root', 'overlay', 'unshare', 'setpriv', 'ssh-agent', 'ssh-add', 'ssh-keygen');
const rooted = requires('root', 'overlay', 'unshare', 'setpriv');

let directory: string;
const started: ChildProcess[] = [];

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'stratum-agents-'));
  // What is left behind is looked for here, where nobody else puts anything.
  vi.stubEnv('TMPDIR', directory);
});
afterAll(() => {
  vi.unstubAllEnvs();
  for (const child of started) child.kill();
  rmSync(directory, { recursive: true, force: true });
});

/** A store with an image of this machine's shell, and of the program that talks to agents. */
async function boxed(more: readonly string[] = []): Promise<Builder> {
  const union = UnionFs.over(await machineLayers());
  for (const name of more) {
    const path = execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
    const libraries = execFileSync('ldd', [path], { encoding: 'utf8' }).matchAll(/\/\S+/g);
    for (const file of [path, ...[...libraries].map(([library]) => library)]) {
      union.fs.mkdirSync(file.slice(0, file.lastIndexOf('/')), { recursive: true });
      union.fs.writeFileSync(file, readFileSync(file), { mode: 0o755 });
    }
  }
  const builder = await Builder.open();
  await builder.engine.import(Layer.fromChanges(layerChanges(union.view.everything())).tar(), { ref: 'box' });
  return builder;
}

const runtime = () => chrootRuntime({ directory: join(directory, 'runtime') });

function newKey(name: string): string {
  const path = join(directory, name);
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', path]);
  return path;
}

describe('RUN --mount=type=ssh', () => {
  test('is nothing without an agent, and fails where it is required', async () => {
    const builder = await Builder.open();
    await builder.build('FROM scratch\nRUN --mount=type=ssh echo "[$SSH_AUTH_SOCK]" > /log\n');
    expect(await builder.file('/log')).toBe('[]\n');
    await expect(builder.build('FROM scratch\nRUN --mount=type=ssh,required true\n')).rejects.toMatchObject({
      code: 'BUILD_FAILED',
      message: 'Dockerfile:2: no SSH key "default" forwarded from the client',
    });
  });

  test('shows a socket at its target, which leaves nothing behind and is part of no key', async () => {
    const path = join(directory, 'any.sock');
    const server = createServer((socket) => socket.end());
    await new Promise<void>((resolve) => server.listen(path, () => resolve()));
    try {
      const builder = await Builder.open();
      const text = 'FROM scratch\nRUN --mount=type=ssh,id=git ls $SSH_AUTH_SOCK > /log\n';
      const ssh = { git: forwardAgent(path) };
      await builder.build(text, {}, { ssh });
      expect(await builder.file('/log')).toBe('/run/buildkit/ssh_agent.0\n');
      const { tree } = await builder.engine.tree('app');
      expect([...tree.root.children.keys()]).toEqual(['log']);
      const { steps } = await builder.build(text, {}, { ssh: { git: forwardAgent('/none') } });
      expect(steps.map(({ isCached }) => isCached)).toEqual([true]);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('stratum-ssh-'))).toEqual([]);
  });

  withAgent('lends an agent that runs, and one with the keys that are given', async () => {
    const builder = await boxed(['ssh-add']);
    const socket = join(directory, 'real.sock');
    started.push(spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' }));
    while (!existsSync(socket)) await new Promise((resolve) => setTimeout(resolve, 10));
    execFileSync('ssh-add', ['-q', newKey('first')], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
    const keys = await keyAgent([newKey('second')]);
    try {
      const list = (id: string) =>
        `RUN --mount=type=ssh,id=${id},uid=1000 ssh-add -l > /dev/shm/k; cat /dev/shm/k >> /log`;
      const text = `FROM box\n${list('default')}\n${list('other')}\nUSER maria\nRUN --mount=type=ssh,id=other,uid=1000 ssh-add -l > /dev/null\nRUN --mount=type=ssh,id=other ! ssh-add -l\n`;
      const ssh = { default: forwardAgent(socket), other: keys };
      await builder.build(text, {}, { ssh, runtime: runtime() });
      expect(await builder.file('/log')).toMatch(/^256 \S+ first \(ED25519\)\n256 \S+ second \(ED25519\)\n$/);
    } finally {
      await keys.close();
    }
  });

  withAgent('takes no file that is no key', async () => {
    const junk = join(directory, 'junk');
    writeFileSync(junk, 'not a key');
    await expect(keyAgent([junk])).rejects.toMatchObject({ code: 'USAGE' });
    await expect(keyAgent(['-d'])).rejects.toMatchObject({ code: 'USAGE' });
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('stratum-agent-'))).toEqual([]);
  });
});

describe('RUN --security=insecure', () => {
  const text = 'FROM scratch\nRUN --security=insecure true\n';

  test('is refused unless it is allowed, and where there are no powers to give', async () => {
    const builder = await Builder.open();
    await expect(builder.build(text)).rejects.toThrow('Dockerfile:2: security.insecure is not allowed');
    await expect(builder.build(text, {}, { allow: ['network.host'] })).rejects.toThrow('is not allowed');
    await expect(builder.build(text, {}, { allow: ['security.insecure'] })).rejects.toThrow('use --runtime chroot');
  });

  rooted('gives all powers where it is', async () => {
    const builder = await boxed();
    const line = 'grep CapBnd /proc/self/status >> /log';
    const options = { allow: ['security.insecure'], runtime: runtime() };
    await builder.build(`FROM box\nRUN ${line}\nRUN --security=insecure ${line}\n`, {}, options);
    const [usual = '', all = ''] = (await builder.file('/log')).split('\n');
    expect(all).toBe(/CapBnd:\t\w+/.exec(readFileSync('/proc/self/status', 'utf8'))?.[0]);
    expect(usual).not.toBe(all);
  });
});
