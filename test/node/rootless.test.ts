/** The chroot runtime as somebody who is not root, with ids of their own to give (newuidmap). */

import { execFileSync } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect } from 'vitest';
import { collectBytes } from '../../src/base/stream.js';
import { layerChanges } from '../../src/fs/packing.js';
import { UnionFs } from '../../src/fs/union-fs.js';
import { Layer } from '../../src/layer/layer.js';
import { machineLayers } from '../kit/machine-layers.js';
import { requires } from '../kit/requires.js';
import { run } from '../kit/run.js';

const rootless = requires('root', 'overlay', 'unshare', 'setpriv', 'nsenter', 'newuidmap', 'useradd', 'userdel');
const program = fileURLToPath(new URL('../../dist/bin/stratum.js', import.meta.url));
const user = `stratum${process.pid}`;

const DOCKERFILE = `FROM box
RUN echo x > /new; chown 5:6 /new; ln /new /linked; rm -r /old; mkdir -p /old/again
WORKDIR /work
RUN --mount=type=secret,id=s --mount=type=cache,target=/c cat /run/secrets/s > /c/f; cat /c/f | cat > copied
USER maria
RUN id -u > /dev/null; echo $HOME > /tmp-of-maria || echo refused
`;

interface Place {
  readonly directory: string;
  stratum(...args: string[]): Promise<string>;
}

const places: Place[] = [];
let made: Promise<readonly [Place, Place]> | undefined;

/** A store of the user, and one of root's, with the same image. */
function stores(): Promise<readonly [Place, Place]> {
  made ??= (async () => {
    await run('useradd', ['--create-home', user]);
    const union = UnionFs.over(await machineLayers());
    const tar = await collectBytes(Layer.fromChanges(layerChanges(union.view.everything())).tar());
    const ids = (flag: string): number => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }));
    const as = ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--init-groups'];
    const own = await place([...as, 'env', `HOME=/home/${user}`], tar, { uid: ids('-u'), gid: ids('-g') });
    return [own, await place(['env'], tar, { uid: 0, gid: 0 })] as const;
  })();
  return made;
}

async function place(
  [command = '', ...prefix]: readonly string[],
  tar: Uint8Array,
  { uid, gid }: { uid: number; gid: number },
): Promise<Place> {
  const directory = mkdtempSync(join(tmpdir(), 'stratum-rootless-'));
  const files = join(directory, 'context');
  mkdirSync(files);
  writeFileSync(join(files, 'Dockerfile'), DOCKERFILE);
  writeFileSync(join(files, 'secret'), 'hidden');
  writeFileSync(join(directory, 'base.tar'), tar);
  for (const path of [directory, files]) chownSync(path, uid, gid);
  const made: Place = {
    directory,
    stratum: (...args) => {
      const store = ['--root', join(directory, 'store')];
      return run(command, [...prefix, process.execPath, program, ...store, ...args], { cwd: directory });
    },
  };
  places.push(made);
  await made.stratum('import', 'base.tar', 'box');
  return made;
}

afterAll(async () => {
  if (made === undefined) return;
  const [own] = await made;
  await own.stratum('rm', '-f', 'web').catch(() => {});
  // Where its containers answered.
  const uid = execFileSync('id', ['-u', user], { encoding: 'utf8' }).trim();
  rmSync(join(tmpdir(), `stratum-${uid}`), { recursive: true, force: true });
  for (const { directory } of places) rmSync(directory, { recursive: true, force: true });
  await run('userdel', ['--remove', user]).catch(() => {});
});

const CHROOT = ['--runtime', 'chroot'];
const sh = (script: string): string[] => ['sh', '-c', script];

describe('chrootRuntime as a user', () => {
  rootless(
    'builds the image that root builds',
    async () => {
      const build = ['build', ...CHROOT, '-q', '--timestamp', '1700000000', '--secret', 'id=s,src=context/secret'];
      const [own, root] = await stores();
      const [ours, theirs] = [
        await own.stratum(...build, '-t', 'app', 'context'),
        await root.stratum(...build, '-t', 'app', 'context'),
      ];
      // The images below are made at different times.
      const layers = async (store: Place, id: string): Promise<unknown> =>
        JSON.parse(await store.stratum('inspect', id.trim()))[0].RootFS.Layers;
      expect(await layers(own, ours)).toEqual(await layers(root, theirs));
      expect(await own.stratum('cat', 'app', '/work/copied')).toBe('hidden');
      expect(await own.stratum('ls', '-l', 'app', '/new')).toMatch(/ 5 +6 /);
    },
    60_000,
  );

  rootless(
    'runs containers as root of their own, gives files away, and keeps volumes',
    async () => {
      const [own] = await stores();
      const script = 'id -u; echo 1 > /v/f; chown 1000:50 /v/f; cat /proc/self/uid_map; ls -ln /v';
      const out = await own.stratum('run', ...CHROOT, '--rm', '-v', 'data:/v', 'box', ...sh(script));
      expect(out).toMatch(/^0\n/);
      expect(out).toMatch(/ 1000 +50 .* f\n$/);
      const again = ['-u', 'maria', '-v', 'data:/v', 'box', ...sh('id -u; cat /v/f; echo 2 > /v/f; cat /v/f')];
      expect(await own.stratum('run', ...CHROOT, '--rm', ...again)).toBe('1000\n1\n2\n');
    },
    60_000,
  );

  rootless(
    'enters containers that run, and ends them',
    async () => {
      const [own] = await stores();
      await own.stratum('run', ...CHROOT, '-d', '--name', 'web', 'box', 'sleep', '1000');
      expect(await own.stratum('exec', 'web', ...sh('echo x > /made; cat /made'))).toBe('x\n');
      await own.stratum('stop', '-t', '0', 'web');
      expect(await own.stratum('diff', 'web')).toBe('A /made\n');
    },
    60_000,
  );

  rootless('leaves nothing of a run behind', async () => {
    const [own] = await stores();
    await own.stratum('run', ...CHROOT, '--rm', 'box', ...sh('mkdir -p /deep/er; echo x > /deep/er/f'));
    expect(readdirSync(join(own.directory, 'store', 'runtime', 'runs'))).toEqual([]);
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(own.directory);
  });
});
