/** Real processes over an overlay of the layers. */

import '../../src/node/platform.js';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect } from 'vitest';
import type { RunRequest, Runtime } from '../../src/build/runtime.js';
import { UnionFs } from '../../src/fs/union-fs.js';
import type { Layer } from '../../src/layer/layer.js';
import { chrootRuntime } from '../../src/node/chroot/runtime.js';
import { shellRuntime } from '../../src/shell/runtime.js';
import { tree, volume } from '../../src/union/mount-sources.js';
import { machineLayers } from '../kit/machine-layers.js';
import { requires } from '../kit/requires.js';

const rooted = requires('root', 'overlay', 'unshare', 'setpriv');
// What parts the options of a mount is in the name.
const directory = mkdtempSync(join(tmpdir(), 'stratum-chroot,a:b c-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

let made: Promise<Layer[]> | undefined;

async function run(script: string, more: Partial<RunRequest> = {}, runtime: Runtime = chrootRuntime({ directory })) {
  made ??= machineLayers();
  const layers = await made;
  const union = UnionFs.over(layers);
  const out: string[] = [];
  const collect = (chunk: Uint8Array): void => {
    out.push(new TextDecoder().decode(chunk));
  };
  const { exitCode } = await runtime.run({
    union,
    layers,
    argv: ['/bin/sh', '-c', script],
    env: { PATH: '/bin' },
    cwd: '/',
    user: '',
    mounts: [],
    network: 'none',
    hostname: 'box',
    stdout: collect,
    stderr: collect,
    ...more,
  });
  return { exitCode, out: out.join(''), union };
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

const paths = (union: UnionFs): string[] => union.changes().map(({ kind, path }) => `${kind} ${path}`);

describe('chrootRuntime', () => {
  rooted('reads back what a process changed, and nothing else', async () => {
    const { exitCode, union } = await run('echo hi > /new; rm -r /old; mkdir /old; chown 7:8 /new; ln /new /linked');
    expect(exitCode).toBe(0);
    expect(paths(union)).toEqual([
      'modify /',
      'add /linked',
      'add /new',
      'modify /old',
      'delete /old/deep',
      'delete /old/other',
    ]);
    expect(union.fs.statSync('/new')).toMatchObject({ uid: 7, gid: 8, nlink: 2, size: 3 });
  });

  rooted('shows deletions of a layer, and leaves no trace of what it mounts', async () => {
    const { out, union } = await run(
      'ls /old /old/deep; cat /etc/hosts | grep box; ls /proc/self >/ignored && rm /ignored',
    );
    expect(out).toContain('other');
    expect(out).not.toContain('file\n');
    expect(paths(union)).toEqual(['modify /']);
  });

  rooted('reads back what was changed of the root itself, and what was not is not', async () => {
    const { union } = await run('chown 7:8 /');
    expect(union.fs.statSync('/')).toMatchObject({ uid: 7, gid: 8 });
    expect(paths((await run('cat /etc/passwd > /dev/null')).union)).toEqual([]);
  });

  rooted('has a name, and the devices that Docker gives', async () => {
    const { out } = await run('cat /proc/sys/kernel/hostname; ls /dev; echo x > /dev/null; ls -l /dev/fd');
    expect(out).toMatch(/^box\n/);
    const devices = 'fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero'.split(' ');
    expect(out.split('\n').slice(1, 1 + devices.length)).toEqual(devices);
    expect(out).toContain('/dev/fd -> /proc/self/fd');
  });

  rooted('has the powers of a container, or all where that is asked for', async () => {
    const powers = async (security: 'sandbox' | 'insecure'): Promise<bigint> => {
      const { out } = await run('grep CapBnd /proc/self/status', { security });
      return BigInt(`0x${out.split('\t')[1]?.trim()}`);
    };
    const ours = BigInt(`0x${/CapBnd:\t(\w+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]}`);
    // Bits of capabilities(7): CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, …
    expect((await powers('sandbox')) & ours).toBe(0xa80425fbn & ours);
    expect(await powers('insecure')).toBe(ours);
  });

  rooted('gives exit codes as Docker does', async () => {
    expect((await run('exit 3')).exitCode).toBe(3);
    expect((await run('', { argv: ['nosuch'] })).exitCode).toBe(127);
    expect((await run("sh -c 'kill -9 $$'; exit $?")).exitCode).toBe(137);
  });

  rooted('runs as the user, in the directory, with the variables', async () => {
    const { out } = await run('id -u; id -g; id -G; pwd; echo "$A $HOME"', {
      user: 'maria',
      cwd: '/work dir',
      env: { PATH: '/bin', A: "it's $b" },
    });
    expect(out).toBe("1000\n1001\n1001 50\n/work dir\nit's $b /home/maria\n");
  });

  rooted('keeps volumes, and drops what is written to a tree', async () => {
    const kept = UnionFs.over([]);
    kept.fs.writeFileSync('/gone', 'x');
    const shown = UnionFs.over([]);
    const { exitCode, union } = await run('rm /kept/gone; echo 1 > /kept/new; echo 2 > /shown/new', {
      mounts: [
        { target: '/kept', source: volume(kept), readOnly: false },
        { target: '/shown', source: tree(shown), readOnly: false },
      ],
    });
    expect({ exitCode, changes: paths(union) }).toEqual({ exitCode: 0, changes: [] });
    expect(kept.fs.readdirSync('/')).toEqual(['new']);
    expect(shown.fs.readdirSync('/')).toEqual([]);
  });

  rooted('refuses changes where it is told to', async () => {
    const shown = UnionFs.over([]);
    const mounts = [{ target: '/shown', source: tree(shown), readOnly: true }];
    expect((await run('echo 1 > /shown/new', { mounts })).exitCode).not.toBe(0);
    expect((await run('echo 1 > /new', { readOnly: true })).exitCode).not.toBe(0);
  });

  rooted('makes the same layer as the simulated shell', async () => {
    const script = 'mkdir -p d/e; echo x > y; chown 5:6 y; ln y h; ln -s y z; rm -r /old; cat y > d/copy';
    const real = await run(script, { cwd: '/app' });
    const simulated = await run(script, { cwd: '/app' }, shellRuntime());
    const clamp = { clampMtimeSec: 1_700_000_000 };
    expect([real.out, simulated.out]).toEqual(['', '']);
    expect((await simulated.union.toLayer(clamp)).diffId).toBe((await real.union.toLayer(clamp)).diffId);
  });

  rooted('mounts inside the container where a symlink of the image leads out of it', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'stratum-outside-'));
    try {
      const link = async (): Promise<UnionFs> => {
        const union = UnionFs.over(await machineLayers());
        union.fs.symlinkSync(`../../../../../..${outside}`, '/way');
        return union;
      };
      const layers = [...(await machineLayers()), await (await link()).toLayer()];
      const mounts = [{ target: '/way/m', source: tree(UnionFs.over([])), readOnly: false }];
      const script = `echo x > ${outside}/m/x; ls ${outside}/m`;
      for (const more of [{ layers, union: UnionFs.over(layers) }, { union: await link() }]) {
        expect(await run(script, { mounts, ...more })).toMatchObject({ exitCode: 0, out: 'x\n' });
      }
      expect(readdirSync(outside)).toEqual([]);
    } finally {
      rmSync(outside, { recursive: true });
    }
  });

  rooted('refuses a mount below a symlink of another, which would lead out', async () => {
    const outer = UnionFs.over([]);
    outer.fs.symlinkSync('/etc', '/way');
    const mounts = [
      { target: '/m', source: volume(outer), readOnly: false },
      { target: '/m/way', source: tree(UnionFs.over([])), readOnly: false },
    ];
    await expect(run('true', { mounts })).rejects.toMatchObject({ code: 'RUNTIME_FAILED' });
  });

  rooted('makes the point of a mount in the mount around it', async () => {
    const outer = UnionFs.over([]);
    const mounts = [
      { target: '/m', source: volume(outer), readOnly: false },
      { target: '/m/in', source: tree(UnionFs.over([])), readOnly: false },
    ];
    expect(await run('echo 1 > /m/in/x', { mounts })).toMatchObject({ exitCode: 0, out: '' });
    expect(outer.fs.readdirSync('/in')).toEqual([]);
  });

  rooted('shows /etc/hosts, not to be written to', async () => {
    const { out, union } = await run('cat /etc/hosts; echo x > /etc/hosts || echo refused');
    expect(out).toMatch(/localhost box[\s\S]*refused/);
    expect(paths(union)).toEqual([]);
  });

  rooted('kills what runs as another user, too', async () => {
    const stop = new AbortController();
    const onStart = (): void => void setTimeout(() => stop.abort(), 300);
    const command = { argv: ['/bin/sleep', '86317'], user: 'maria', signal: stop.signal, onStart };
    expect((await run('', command)).exitCode).toBe(137);
    const left = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && commandLine(pid).includes('86317'));
    expect(left).toEqual([]);
  });

  rooted('takes away what a process left that was killed', async () => {
    const dead = join(directory, 'runs', '4194304-dead');
    mkdirSync(join(dead, 'mount-0'), { recursive: true });
    await run('true');
    expect(readdirSync(join(directory, 'runs'))).toEqual([]);
  });

  rooted('stops at once when it is told to, and cleans up', async () => {
    expect((await run('sleep 60', { timeoutMs: 300 })).exitCode).toBe(137);
    expect(readdirSync(join(directory, 'runs'))).toEqual([]);
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(directory);
  });
});
