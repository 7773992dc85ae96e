/** Containers over a socket: what is not a message, and who is there. */

import '../../src/node/platform.js';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { ContainerControl } from '../../src/engine/run/control.js';
import { messagesOf } from '../../src/node/containers/messages.js';
import { socketHost } from '../../src/node/containers/socket-host.js';

const calls: string[] = [];
const control: ContainerControl = {
  wait: async () => void calls.push('wait'),
  kill: async (signal) => void calls.push(`kill ${signal}`),
  exec: async ({ stdout }) => {
    calls.push('exec');
    stdout(new Uint8Array(1_000_000).fill(0x80));
    return { exitCode: 7 };
  },
};
afterEach(() => {
  calls.length = 0;
});

const HOSTILE = [
  'not json',
  '[]',
  'null',
  '{"kind":"kill"}',
  '{"kind":"kill","signal":"TERM"}',
  '{"kind":"kill","signal":0}',
  '{"kind":"kill","signal":-9}',
  '{"kind":"exec"}',
  '{"kind":"exec","argv":"sh","env":{},"cwd":"/","user":""}',
  '{"kind":"exec","argv":[1],"env":{},"cwd":"/","user":""}',
  '{"kind":"exec","argv":["sh"],"env":{"A":1},"cwd":"/","user":""}',
  '{"kind":"fly"}',
  '{"kind":"output","stream":"constructor","data":""}',
];

describe('a container over a socket', () => {
  test.each(HOSTILE)('takes no %s', async (line) => {
    const { address, close } = await socketHost.serve(control);
    const socket = createConnection(address);
    socket.on('error', () => {});
    socket.write(`${line}\n`);
    socket.resume();
    await once(socket, 'close');
    expect(calls).toEqual([]);
    // It still answers.
    await (await socketHost.reach(address))?.kill(15);
    expect(calls).toEqual(['kill 15']);
    await close();
  });

  test('gives up on a line that does not end', async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) yield new Uint8Array(1024 * 1024).fill(0x20);
    }
    await expect(messagesOf(endless()).next()).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
  });

  test('tells bytes as they are, and the exit code', async () => {
    const { address, close } = await socketHost.serve(control);
    const chunks: Uint8Array[] = [];
    const remote = await socketHost.reach(address);
    const request = { argv: ['x'], env: {}, cwd: '/', user: '', stderr: () => {} };
    const result = await remote?.exec({ ...request, stdout: (chunk) => chunks.push(chunk) });
    const all = Buffer.concat(chunks);
    expect([result?.exitCode, all.length, all.every((byte) => byte === 0x80)]).toEqual([7, 1_000_000, true]);
    await close();
  });

  test('that is closed is not there', async () => {
    const { address, close } = await socketHost.serve(control);
    const remote = await socketHost.reach(address);
    await close();
    expect(await socketHost.reach(address)).toBeUndefined();
    await expect(remote?.kill(9)).rejects.toMatchObject({ code: 'CONFLICT' });
    await remote?.wait();
  });
});
