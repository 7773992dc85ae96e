/** The flags of `build`, each by what it does. */

import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Store, tarOf, withEmptyStore } from './store.js';

type Files = Readonly<Record<string, string>>;

/** A store with a project in `p`, and a shell in it that is there to be simulated. */
function withProject(files: Files, work: (store: Store) => Promise<void>): Promise<void> {
  return withEmptyStore(async (store) => {
    await writeAll(join(store.directory, 'p'), { sh: 'a shell', ...files });
    await chmod(join(store.directory, 'p/sh'), 0o755);
    await work(store);
  });
}

async function writeAll(directory: string, files: Files): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const path = join(directory, name);
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, text);
  }
}

const SHELL = 'FROM scratch\nCOPY sh /bin/\n';

describe('what a build tells', () => {
  test('-q only the id, --iidfile and --metadata-file the same in files', () =>
    withProject({ Dockerfile: `${SHELL}RUN echo loud\n` }, async ({ run, directory }) => {
      const first = await run('build -q -t app:1 -t app:2 --iidfile id --metadata-file meta.json p');
      expect([first.code, first.err]).toEqual([0, '']);
      const id = first.out.trim();
      expect(await readFile(join(directory, 'id'), 'utf8')).toBe(id);
      const metadata = JSON.parse(await readFile(join(directory, 'meta.json'), 'utf8'));
      expect(metadata).toMatchObject({
        'containerimage.config.digest': id,
        'containerimage.digest': expect.stringMatching(/^sha256:/),
        'image.name': 'app:1,app:2',
        steps: [
          { line: 2, cached: false, miss: 'new' },
          { line: 3, cached: false, miss: 'new' },
        ],
      });
    }));

  test('--progress rawjson a message a line, plain and tty for people', () =>
    withProject({ Dockerfile: `${SHELL}RUN echo loud\n` }, async ({ run }) => {
      const { err } = await run('build --progress rawjson p');
      const messages = err
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      const kinds = messages.map(({ kind, id }) => `${kind} ${id}`);
      expect(kinds).toEqual(['started 1', 'missed 1', 'done 1', 'started 2', 'missed 2', 'output 2', 'done 2']);
      expect(messages[5]).toMatchObject({ stream: 'stdout', data: 'loud\n', line: 3 });
      expect((await run('build --progress plain --no-cache p')).err).toMatch(/#2 \d+\.\d{3} loud\n/);
      expect((await run('build --progress tty p')).err).toContain('CACHED [2/2] RUN echo loud');
      expect((await run('build --progress loud p')).code).toBe(125);
    }));

  test('of a step that fails its line, command, exit code and last output; it names nothing and keeps what was done', () =>
    withProject({ Dockerfile: `${SHELL}RUN echo one; echo two >&2; exit 7\n` }, async ({ run, ok }) => {
      const { code, err } = await run('build --progress plain -t never --iidfile id p');
      expect(code).toBe(1);
      for (const part of [
        'Dockerfile:3',
        '>>> RUN echo one; echo two >&2; exit 7',
        'did not complete successfully: exit code: 7',
        'one\ntwo\n------',
      ]) {
        expect(err).toContain(part);
      }
      expect(await ok('images -q')).toBe('');
      await expect(readFile('id')).rejects.toMatchObject({ code: 'ENOENT' });
      expect((await run('build --progress plain p')).err).toContain('#1 CACHED');
    }));

  test('no secret, in nothing that it prints or keeps', () =>
    withProject(
      {
        Dockerfile: `${SHELL}RUN --mount=type=secret,id=a --mount=type=secret,id=b,env=B cat /run/secrets/a > /dev/null; test -n "$B"\n`,
        secret: 'hunter-two\n',
        '.dockerignore': 'secret\n',
      },
      async ({ run, ok, directory }) => {
        const flags = '--secret id=a,src=p/secret --secret id=b,env=B';
        const env = { B: 'hunter-three' };
        const { out, err } = await run(`build -t app --explain --progress rawjson --metadata-file m ${flags} p`, {
          env,
        });
        const said = [out, err, await ok('history --no-trunc app'), await ok('inspect app')];
        const kept: string[] = [];
        const { readdir } = await import('node:fs/promises');
        for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
          if (entry.isFile() && entry.name !== 'secret') {
            kept.push(await readFile(join(entry.parentPath, entry.name), 'latin1'));
          }
        }
        for (const text of [...said, ...kept]) expect(text).not.toMatch(/hunter-(two|three)/);
        expect((await run(`build --secret id=a,env=NONE p`)).code).toBe(125);
      },
    ));
});

describe('what a build takes', () => {
  test('--build-context: a directory, a layout and an image by name', () =>
    withProject(
      {
        Dockerfile: 'FROM base\nCOPY --from=dir f /dir\nCOPY --from=layout /f /layout\nCOPY --from=image /f /image\n',
        'base.Dockerfile': 'FROM scratch\nCOPY other/f /f\n',
        'other/f': '1',
      },
      async ({ ok, run }) => {
        await ok('build -q -t kept -o type=oci,tar=false,dest=layout -f p/base.Dockerfile p');
        const named = 'base=docker-image://kept image=docker-image://kept dir=p/other layout=oci-layout://layout';
        const flags = named
          .split(' ')
          .map((each) => `--build-context ${each}`)
          .join(' ');
        await ok(`build -q -t app ${flags} p`);
        expect(await ok('ls app /')).toBe('dir\nf\nimage\nlayout\n');
        expect((await run('build --build-context base=docker-image://none p')).err).toContain('none');
        expect((await run('build --build-context base=oci-layout://none p')).err).toContain('not an OCI layout');
      },
    ));

  test('--label, --platform, --target, --build-arg and --squash', () =>
    withProject(
      {
        Dockerfile: 'FROM scratch AS one\nARG A=1\nLABEL of=$A mine=1\nCOPY sh /\nCOPY sh /b\nFROM one\nCOPY sh /c\n',
      },
      async ({ ok }) => {
        const flags = '--label mine=2 --platform linux/arm64 --target one --build-arg A=x --squash';
        await ok(`build -q -t app ${flags} p`);
        const [{ Config, Architecture, RootFS }] = JSON.parse(await ok('inspect app'));
        expect([Config.Labels, Architecture, RootFS.Layers.length]).toEqual([{ of: 'x', mine: '2' }, 'arm64', 1]);
        expect(await ok('ls app /')).toBe('b\nsh\n');
      },
    ));

  test('--no-cache-filter builds one stage anew, --no-cache all', () =>
    withProject(
      { Dockerfile: 'FROM scratch AS one\nCOPY sh /\nFROM scratch AS two\nCOPY --from=one /sh /x\n' },
      async ({ ok, run }) => {
        await ok('build -q p');
        const cached = async (flags: string): Promise<number> =>
          (await run(`build --progress plain ${flags}p`)).err.split('CACHED').length - 1;
        expect(await cached('')).toBe(2);
        expect(await cached('--no-cache-filter one ')).toBe(1);
        expect(await cached('--no-cache ')).toBe(0);
      },
    ));

  test('a tar on standard input, with its Dockerfile or one by name', () =>
    withEmptyStore(async ({ ok, run }) => {
      const stdin = tarOf({ Dockerfile: 'FROM scratch\nCOPY a /\n', other: 'FROM scratch\nCOPY a /b\n', a: '1' });
      await ok('build -q -t one -', { stdin });
      await ok('build -q -t two -f other -', { stdin });
      expect([await ok('ls one /'), await ok('ls two /')]).toEqual(['a\n', 'b\n']);
      expect((await run('build -f none -', { stdin })).err).toContain('open none: no such file');
    }));

  test('--ssh and --allow only what there is', () =>
    withProject({ Dockerfile: `${SHELL}RUN --security=insecure true\n` }, async ({ run }) => {
      expect((await run('build p')).err).toContain('security.insecure is not allowed');
      expect((await run('build --allow security.insecure p')).err).toContain('use --runtime chroot');
      expect(await run('build --allow everything p')).toMatchObject({
        code: 125,
        err: expect.stringContaining("unknown entitlement 'everything'"),
      });
      expect(await run('build --ssh default p')).toMatchObject({
        code: 125,
        err: expect.stringContaining('invalid empty ssh agent socket'),
      });
      expect((await run('build --ssh default=none p')).code).toBe(1);
    }));
});

describe('where a build goes', () => {
  test('docker archive, tar of files, another name, standard output', () =>
    withProject({ Dockerfile: 'FROM scratch\nCOPY sh /a/\n' }, async ({ ok, run, directory }) => {
      await ok('build -q -t app -o type=docker,dest=d.tar -o type=tar,dest=f.tar -o type=image,name=other:1 p');
      expect(await ok('images --format {{.Repository}}:{{.Tag}}')).toBe('app:latest\nother:1\n');
      const { bytes } = await run('build -o - p');
      expect(Buffer.compare(bytes, await readFile(join(directory, 'f.tar')))).toBe(0);
      await withEmptyStore(async (other) => {
        expect(await other.ok(`load -i ${directory}/d.tar`)).toContain('app:latest');
        await other.ok('import - files', { stdin: bytes });
        expect(await other.ok('ls files /a')).toBe('sh\n');
      });
      for (const flag of ['type=nfs,dest=x', 'type=local']) expect((await run(`build -o ${flag} p`)).code).toBe(125);
    }));
});
