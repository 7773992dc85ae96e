/** `run`, `start`, `exec`, `logs`, `wait`, `kill`, `stop`, `volume`, `cache` on the command line. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { collectBytes } from '../../src/base/stream.js';
import { layerChanges } from '../../src/fs/packing.js';
import { UnionFs } from '../../src/fs/union-fs.js';
import { Layer } from '../../src/layer/layer.js';
import { machineLayers } from '../kit/machine-layers.js';
import { requires } from '../kit/requires.js';
import { type Store, withEmptyStore } from './store.js';

const rooted = requires('root', 'overlay', 'unshare', 'setpriv', 'nsenter');

let packed: Promise<Uint8Array> | undefined;

/** An archive of the machine's own shell and a few programs: they run on both runtimes. */
function machineTar(): Promise<Uint8Array> {
  packed ??= (async () => {
    const union = UnionFs.over(await machineLayers());
    return collectBytes(Layer.fromChanges(layerChanges(union.view.everything())).tar());
  })();
  return packed;
}

function withBox(work: (store: Store) => Promise<void>): Promise<void> {
  return withEmptyStore(async (store) => {
    await store.ok('import - box', { stdin: await machineTar() });
    await work(store);
  });
}

const sh = (script: string): string[] => ['sh', '-c', script];

const runtimes = [
  ['shell', test],
  ['chroot', rooted],
] as const;

for (const [name, testWith] of runtimes) {
  const runtime = ['--runtime', name];

  describe(`run on ${name}`, () => {
    testWith('prints what the command prints, and exits as it does', () =>
      withBox(async ({ run, ok }) => {
        const line = ['run', ...runtime, '--rm', '-e', 'WHO=me', 'box', ...sh('echo $WHO; echo oops >&2; exit 3')];
        expect(await run(line)).toMatchObject({ code: 3, out: 'me\n', err: 'oops\n' });
        expect(await ok('ps -aq')).toBe('');
      }),
    );

    testWith('exits with 125, 126 and 127 as Docker does', () =>
      withBox(async ({ run }) => {
        expect((await run(['run', ...runtime, '--pull', 'never', 'none'])).code).toBe(125);
        expect((await run(['run', ...runtime, '--no-such-flag', 'box'])).code).toBe(125);
        expect((await run(['run', ...runtime, 'box', '/etc/passwd'])).code).toBe(126);
        expect((await run(['run', ...runtime, 'box', 'nothing'])).code).toBe(127);
      }),
    );

    testWith('passes standard input on', () =>
      withBox(async ({ ok }) => {
        expect(await ok(['run', ...runtime, '-i', 'box', 'cat'], { stdin: 'typed' })).toBe('typed');
        expect(await ok(['run', ...runtime, '-i', 'box', 'sh'], { stdin: 'echo $((1 + 2))\n' })).toBe('3\n');
      }),
    );

    testWith('in the background: entered, shown, stopped, waited for and removed', () =>
      withBox(async ({ ok, run }) => {
        const id = (await ok(['run', ...runtime, '-d', '--name', 'web', 'box', 'sleep', '1000'])).trim();
        expect(id).toMatch(/^[0-9a-f]{64}$/);
        expect(await ok('ps --format {{.Names}}:{{.State}}')).toBe('web:running\n');
        expect(await ok(['exec', 'web', ...sh('echo x > /made; cat /made')])).toBe('x\n');
        expect((await run(['exec', 'web', ...sh('exit 5')])).code).toBe(5);
        await ok(['exec', '-d', '-e', 'A=b c', 'web', ...sh('echo "$A" > /behind; echo -n x >> /behind')]);
        await expect.poll(() => ok(['exec', 'web', ...sh('cat /behind || true')])).toBe('b c\nx');
        await ok(['exec', 'web', 'rm', '/behind']);
        expect(await run('rm web')).toMatchObject({ code: 1 });
        expect(await ok('kill -s KILL web')).toBe('web\n');
        expect(await ok('wait web')).toBe('137\n');
        expect(await ok('diff web')).toBe('A /made\n');
        expect((await run('exec web true')).err).toContain('container web is not running');
        expect((await run('exec -d web true')).err).toContain('container web is not running');
        expect(await ok('start web')).toBe('web\n');
        expect(await ok('stop -t 0 web')).toBe('web\n');
        await ok('start web');
        expect(await ok('rm -f web')).toBe('web\n');
        expect(await ok('ps -aq')).toBe('');
      }),
    );

    testWith('keeps a log, which start -a adds to', () =>
      withBox(async ({ ok, run }) => {
        await ok(['run', ...runtime, '--name', 'job', 'box', ...sh('echo one; echo two >&2')]);
        expect(await run('logs job')).toMatchObject({ out: 'one\n', err: 'two\n' });
        expect(await ok('start -a job')).toBe('one\n');
        expect(await ok('logs -f --tail 1 job')).toBe('');
        expect((await run('logs -n 2 job')).out).toBe('one\n');
        expect(await ok('logs -t job')).toMatch(/^2026-01-15T12:00:00.000Z one\n/);
      }),
    );

    testWith('shares volumes and directories of the host', () =>
      withBox(async ({ ok, run, directory }) => {
        await ok(['run', ...runtime, '--rm', '-v', 'data:/v', 'box', ...sh('echo kept > /v/f')]);
        const both = ['-v', 'data:/w:ro', '-v', './shared:/host'];
        expect(await ok(['run', ...runtime, '--rm', ...both, 'box', ...sh('cat /w/f; cat /w/f > /host/copy')])).toBe(
          'kept\n',
        );
        expect(readFileSync(join(directory, 'shared/copy'), 'utf8')).toBe('kept\n');
        const readOnly = ['--mount', 'type=volume,src=data,dst=/w,readonly', '--read-only', '--tmpfs', '/t:size=1m'];
        const script = 'echo x > /t/x && echo t; ls /w';
        expect(await ok(['run', ...runtime, '--rm', ...readOnly, 'box', ...sh(script)])).toBe('t\nf\n');
        for (const path of ['/w/y', '/y']) {
          expect((await run(['run', ...runtime, '--rm', ...readOnly, 'box', ...sh(`echo > ${path}`)])).code).not.toBe(
            0,
          );
        }
        expect((await run(['run', '--mount', 'type=bind,src=./missing,dst=/x', 'box', 'true'])).code).toBe(125);
        expect(existsSync(join(directory, 'missing'))).toBe(false);
      }),
    );
  });
}

describe('run', () => {
  test('says that published ports are only recorded', () =>
    withBox(async ({ run, ok }) => {
      const { err } = await run(['run', '-p', '127.0.0.1:8080:80', '--name', 'web', 'box', 'ls', '/']);
      expect(err).toContain('recorded only');
      expect(await ok('ps -a --format {{.Ports}}')).toBe('127.0.0.1:8080:80\n');
      const [{ HostConfig }] = JSON.parse(await ok('inspect web'));
      expect(HostConfig.PortBindings).toEqual({ '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '8080' }] });
    }));

  test('at a terminal answers line by line, in one directory and with the same variables', () =>
    withBox(async ({ run }) => {
      const stdin = 'cd /etc\nX=1\necho $X $PWD\nexit 4\n';
      const { out, code } = await run('run -it box sh', { stdin });
      expect([out, code]).toEqual(['root:/# root:/etc# root:/etc# 1 /etc\nroot:/etc# ', 4]);
    }));

  test.each([
    ['-v a:b:c:d', 'invalid volume'],
    ['-v a:/b:sideways', "unknown option 'sideways'"],
    ['--mount type=nfs,dst=/a', "unknown type 'nfs'"],
    ['--mount type=bind,dst=/a', 'it has no source'],
    ['--mount type=volume,src=a', 'it has no target'],
    ['--tmpfs /t:size=big', "'big' is not a size"],
    ['-p eighty', "invalid port 'eighty'"],
    ['--network mine', "unknown network 'mine'"],
    ['--runtime runc', "unknown runtime 'runc'"],
  ])('refuses %s', (flags, message) =>
    withBox(async ({ run, ok }) => {
      const { code, err } = await run(`run ${flags} box true`);
      expect([code, err]).toEqual([125, expect.stringContaining(message)]);
      expect(await ok('ps -aq')).toBe('');
    }),
  );
});

describe('volume', () => {
  test('is made, listed, inspected, exported, imported and removed', () =>
    withBox(async ({ ok, run }) => {
      expect(await ok('volume create --label a=b data')).toBe('data\n');
      expect(await ok('volume ls -q')).toBe('data\n');
      const [{ Name, Labels }] = JSON.parse(await ok('volume inspect data'));
      expect([Name, Labels]).toEqual(['data', { a: 'b' }]);
      await ok(['run', '--name', 'user', '-v', 'data:/v', 'box', ...sh('echo x > /v/f')]);
      expect((await run('volume rm data')).err).toContain('volume data is in use by');
      const tar = (await run('volume export data')).bytes;
      await ok('volume import copy -', { stdin: tar });
      expect(await ok(['run', '--rm', '-v', 'copy:/v', 'box', 'cat', '/v/f'])).toBe('x\n');
      await ok('rm user');
      expect(await ok('volume rm data')).toBe('data\n');
      expect(await ok('volume prune -a')).toMatch(/^copy\nTotal reclaimed space: /);
      expect(await run('volume inspect data')).toMatchObject({
        code: 1,
        err: expect.stringContaining('no such volume'),
      });
    }));
});

describe('cache', () => {
  test('mounts of a build are listed, exported, imported and pruned', () =>
    withBox(async ({ ok, run, directory }) => {
      const dockerfile = (script: string): string =>
        `FROM box\nRUN --mount=type=cache,id=npm,target=/c ${script}\nRUN --mount=type=cache,id=npm,target=/c true\n`;
      writeFileSync(join(directory, 'Dockerfile'), dockerfile('echo kept > /c/f'));
      await ok('build -q -f Dockerfile .');
      expect(await ok('cache ls --format {{.ID}}')).toBe('npm\n');
      const tar = (await run('cache export npm')).bytes;
      expect(await ok('cache prune')).toMatch(/Total reclaimed space: [1-9]/);
      expect(await ok('cache ls -q')).toBe('');
      await ok('cache import npm -', { stdin: tar });
      writeFileSync(join(directory, 'Dockerfile'), dockerfile('cat /c/f > /seen'));
      await ok('build -q -t seen -f Dockerfile .');
      expect(await ok('cat seen /seen')).toBe('kept\n');
      expect(await ok('cache rm npm')).toBe('npm\n');
    }));
});
