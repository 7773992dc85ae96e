/** The simulated shell as a runtime. */

import '../../src/node/platform.js';
import { describe, expect, test } from 'vitest';
import type { RunRequest } from '../../src/build/runtime.js';
import { UnionFs } from '../../src/fs/union-fs.js';
import { shellRuntime } from '../../src/shell/runtime.js';
import { volume } from '../../src/union/mount-sources.js';

const PASSWD = 'root:x:0:0:root:/root:/bin/sh\nmaria:x:1000:1001:m:/home/maria:/bin/sh\n';

function base(): UnionFs {
  return UnionFs.fromJSON({ '/etc/passwd': PASSWD, '/etc/group': 'root:x:0:\nstaff:x:50:maria\n', '/tmp': null });
}

async function run(union: UnionFs, argv: readonly string[], more: Partial<RunRequest> = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const decoder = new TextDecoder();
  const { exitCode } = await shellRuntime({ withoutPrograms: true }).run({
    union,
    layers: [],
    argv,
    env: { PATH: '/bin' },
    cwd: '/',
    user: '',
    mounts: [],
    network: 'none',
    hostname: 'box',
    stdout: (chunk) => out.push(decoder.decode(chunk)),
    stderr: (chunk) => err.push(decoder.decode(chunk)),
    ...more,
  });
  return { exitCode, out: out.join(''), err: err.join('') };
}

const sh = (script: string): string[] => ['/bin/sh', '-c', script];

describe('shellRuntime', () => {
  test.each<[string[], number, string]>([
    [sh('echo hi'), 0, 'hi\n'],
    [sh('exit 3'), 3, ''],
    [['sh', '-ec', 'false; echo no'], 1, ''],
    [['bash', '-euo', 'pipefail', '-c', 'false | true; echo no'], 1, ''],
    [['echo', 'a b', "c'd"], 0, "a b c'd\n"],
    [sh('nosuch'), 127, ''],
  ])('runs %j', async (argv, exitCode, out) => {
    expect(await run(base(), argv)).toMatchObject({ exitCode, out });
  });

  test('takes every byte of its standard input as it is', async () => {
    const union = base();
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    const stdin = (async function* () {
      yield bytes;
    })();
    await run(union, sh('cat > /tmp/all'), { stdin });
    expect(new Uint8Array(union.fs.readFileSync('/tmp/all'))).toEqual(bytes);
  });

  test('leaves nothing of its own in the files', async () => {
    const union = base();
    await run(union, sh('true'));
    expect(union.changes()).toEqual([]);
  });

  test('runs as the user, with their rights, home and groups', async () => {
    const union = base();
    const { out } = await run(union, sh('id; echo $HOME; touch /tmp/x || echo refused'), { user: 'maria' });
    expect(out).toBe('uid=1000(maria) gid=1001 groups=1001,50(staff)\n/home/maria\nrefused\n');
    await expect(run(union, sh('true'), { user: 'nobody' })).rejects.toThrow('unable to find user nobody');
  });

  test('changes owners and modes as the commands of an image do', async () => {
    const union = base();
    await run(
      union,
      sh('mkdir -p -m 750 /d/e && echo x > /d/f && chown -R maria:staff /d && install -m 600 /d/f /g && cp -a /d /h'),
    );
    const { fs } = union;
    expect(fs.statSync('/d/e').mode & 0o777).toBe(0o750);
    expect(fs.statSync('/h/f')).toMatchObject({ uid: 1000, gid: 50 });
    expect(fs.statSync('/g').mode & 0o777).toBe(0o600);
  });

  test('tells modes, owners and differences of files', async () => {
    const script =
      'echo a > x; echo b > y; chmod 640 x; chown :staff x; stat -c "%04a %u %G %s %F" x; cmp -s x y || echo differ; cmp x x';
    expect(await run(base(), sh(script), { cwd: '/tmp' })).toMatchObject({
      out: '0640 0 staff 2 regular file\ndiffer\n',
      exitCode: 0,
    });
  });

  test('hands bytes on as they are', async () => {
    const union = base();
    union.fs.writeFileSync('/tmp/x', Uint8Array.of(255, 0, 97));
    await run(union, sh('cat /tmp/x | gzip | gunzip > /tmp/y; cp /tmp/x /tmp/z'));
    for (const name of ['y', 'z']) {
      expect([...union.fs.readFileSync(`/tmp/${name}`)]).toEqual([255, 0, 97]);
    }
  });

  test('keeps what is mounted out of the changes, and volumes what is written to them', async () => {
    const union = base();
    const shared = UnionFs.over([]);
    await run(union, sh('echo kept > /data/file'), {
      mounts: [{ target: '/data', source: volume(shared), readOnly: false }],
    });
    expect(union.changes()).toEqual([]);
    expect(shared.fs.readFileSync('/file', 'utf8')).toBe('kept\n');
  });

  test('says that a program is missing, as a container does', async () => {
    const err: string[] = [];
    const request = { union: UnionFs.over([]), layers: [], argv: sh('true'), env: {}, cwd: '/', user: '', mounts: [] };
    const { exitCode } = await shellRuntime().run({
      ...request,
      network: 'none',
      hostname: 'box',
      stdout: () => {},
      stderr: (chunk) => err.push(new TextDecoder().decode(chunk)),
    });
    expect({ exitCode, err: err.join('') }).toEqual({
      exitCode: 127,
      err: 'exec: "/bin/sh": stat /bin/sh: no such file or directory\n',
    });
  });

  test('ends when it is told to', async () => {
    expect(await run(base(), sh('while true; do :; done'), { timeoutMs: 200 })).toMatchObject({ exitCode: 137 });
    expect(await run(base(), sh('true'), { signal: AbortSignal.abort() })).toMatchObject({ exitCode: 137 });
  });
});
