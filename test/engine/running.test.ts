/** Containers that run, in a store in memory and on disk, on the simulated shell. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { Runtime } from '../../src/build/runtime.js';
import { type ContainerMount, type CreateOptions, Engine, UnionFs } from '../../src/index.js';
import { shellRuntime } from '../../src/shell/runtime.js';

const runtime = shellRuntime({ withoutPrograms: true });
const decoder = new TextDecoder();
const directories: string[] = [];

afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});

/** An engine with `base`, whose /data has a file and is a VOLUME of `app`. */
async function sample(options: { readonly root?: string } = {}): Promise<Engine> {
  const engine = await Engine.open(options);
  const union = UnionFs.over([]);
  union.fs.mkdirSync('/data');
  union.fs.chmodSync('/data', 0o2775);
  union.fs.chownSync('/data', 7, 8);
  union.fs.writeFileSync('/data/seed', 'from the image');
  const tar = (await union.toLayer()).tar();
  await engine.import(tar, { ref: 'base', changes: { cmd: ['sh', '-c', 'echo out; echo err >&2; exit 3'] } });
  const container = await engine.create('base');
  await container.commit({ ref: 'app', changes: { volumes: ['/data'], env: ['WHO=image'] } });
  await engine.rm(container.id);
  return engine;
}

function onDisk(): string {
  const directory = mkdtempSync(join(tmpdir(), 'stratum-run-'));
  directories.push(directory);
  return directory;
}

/** Runs a script in a new container of an image; what it printed, and how it ended. */
async function run(engine: Engine, image: string, script: string | undefined, options: CreateOptions = {}) {
  const changes = script === undefined ? {} : { cmd: ['sh', '-c', script] };
  const container = await engine.create(image, { ...options, changes: { ...changes, ...options.changes } });
  let out = '';
  const running = await engine.start(container.id, {
    runtime,
    onOutput: (_stream, chunk) => {
      out += decoder.decode(chunk);
    },
  });
  return { id: container.id, out, state: await running.ended, text: () => out };
}

async function output(engine: Engine, image: string, script: string, options: CreateOptions = {}): Promise<string> {
  return (await run(engine, image, script, options)).text();
}

const volume = (source: string, target: string, more: Partial<ContainerMount> = {}): ContainerMount => ({
  type: 'volume',
  source,
  target,
  ...more,
});

describe('a container that runs', () => {
  test('runs the command of its image, keeps what it changed, and says how it ended', async () => {
    const engine = await sample();
    const { id, state } = await run(engine, 'base', undefined);
    expect(state).toMatchObject({ status: 'exited', exitCode: 3 });
    const entries: string[] = [];
    for await (const { stream, bytes } of engine.logs(id)) entries.push(`${stream} ${decoder.decode(bytes)}`);
    expect(entries).toEqual(['stdout out\n', 'stderr err\n']);
    const second = await run(engine, 'base', 'echo x > /new');
    expect(await engine.diff(second.id)).toEqual([{ kind: 'add', path: '/new' }]);
    expect(await engine.wait(id)).toBe(3);
  });

  test('has its config, a host name and a path for its programs', async () => {
    const engine = await sample();
    const script = 'echo $WHO $MORE $PWD $PATH; echo $HOSTNAME';
    const { id, text } = await run(engine, 'app', script, { changes: { env: ['MORE=1'], workingDir: '/made/here' } });
    expect(text()).toBe(
      `image 1 /made/here /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n${id.slice(0, 12)}\n`,
    );
  });

  test('takes other commands beside the first, which see what it writes', async () => {
    const engine = await sample();
    const { id } = await engine.create('base', { changes: { cmd: ['sleep', 'infinity'] } });
    const running = await engine.start(id, { runtime });
    let out = '';
    const onOutput = (_stream: string, chunk: Uint8Array): void => {
      out += decoder.decode(chunk);
    };
    expect(await engine.exec(id, ['sh', '-c', 'echo one > /f'])).toEqual({ exitCode: 0 });
    expect(await engine.exec(id, ['cat', '/f'], { onOutput })).toEqual({ exitCode: 0 });
    expect(await engine.exec(id, ['sh', '-c', 'exit 9'])).toEqual({ exitCode: 9 });
    expect(out).toBe('one\n');
    expect((await engine.ps())[0]?.state.status).toBe('running');
    await engine.stop(id);
    expect(await running.ended).toMatchObject({ exitCode: 143 });
    await expect(engine.exec(id, ['true'])).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  test.each([
    ['TERM', 143],
    ['9', 137],
    ['SIGINT', 130],
  ])('ends by a signal: %s', async (signal, exitCode) => {
    const engine = await sample();
    const { id } = await engine.create('base', { changes: { cmd: ['sleep', '1000'] } });
    const running = await engine.start(id, { runtime });
    await engine.kill(id, 'WINCH');
    await engine.kill(id, signal);
    expect(await running.ended).toMatchObject({ exitCode });
    await expect(engine.kill(id)).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  test('is started again, and removed by force only', async () => {
    const engine = await sample();
    const { id } = await engine.create('base', { changes: { cmd: ['sleep', '1000'] } });
    await engine.start(id, { runtime });
    await expect(engine.start(id, { runtime })).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(engine.rm(id)).rejects.toMatchObject({ code: 'CONFLICT' });
    await engine.stop(id);
    await engine.start(id, { runtime });
    await engine.rm(id, { force: true });
    expect(await engine.ps()).toEqual([]);
  });

  test('that cannot be run has ended with the reason', async () => {
    const engine = await sample();
    const missing = await run(engine, 'base', 'true', { changes: { user: 'nobody' } });
    expect(missing.state).toMatchObject({
      exitCode: 125,
      error: expect.stringContaining('unable to find user nobody'),
    });
    const nothing = await engine.create('base', { changes: { cmd: [] } });
    await expect(engine.start(nothing.id, { runtime })).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('may not write outside its mounts when its root is read-only', async () => {
    const engine = await sample();
    const options = { settings: { readOnly: true }, mounts: [{ type: 'tmpfs', target: '/t', mode: 0o700 }] } as const;
    const script = 'touch /t/a && stat -c %a /t; touch /b || echo refused';
    const { text, id } = await run(engine, 'base', script, options);
    expect(text()).toContain('700\n');
    expect(text()).toContain('refused\n');
    expect(await engine.diff(id)).toEqual([]);
  });

  test('goes when it has ended, with its unnamed volumes, if that was asked for', async () => {
    const engine = await sample();
    await run(engine, 'app', 'true', { settings: { autoRemove: true } });
    expect([await engine.ps(), await engine.volumes.list()]).toEqual([[], []]);
  });
});

describe('a start', () => {
  test('that comes while another is under way is a conflict', async () => {
    const engine = await sample();
    const { id } = await engine.create('base', { changes: { cmd: ['sleep', '1000'] } });
    const results = await Promise.allSettled([engine.start(id, { runtime }), engine.start(id, { runtime })]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await engine.rm(id, { force: true });
  });

  test('that fails leaves nothing behind: it can be tried again', async () => {
    const engine = await sample();
    const mounts = [volume('data', '/data'), { type: 'bind', source: '/does/not/exist', target: '/b' } as const];
    const { id } = await engine.create('base', { mounts });
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(engine.start(id, { runtime })).rejects.toMatchObject({ code: 'ENOENT' });
    }
    expect((await engine.ps())[0]?.state.status).toBe('created');
    await engine.rm(id);
  });
});

describe('a log', () => {
  test('keeps what is no text, however long, and is read in pieces', async () => {
    const engine = await sample();
    const bytes = Uint8Array.from({ length: 400_000 }, (_, i) => (i * 7) & 0xff);
    const binary: Runtime = {
      name: 'binary',
      run: async ({ stdout }) => {
        for (let i = 0; i < 3; i++) stdout(bytes);
        return { exitCode: 0 };
      },
    };
    const { id } = await engine.create('base');
    for (let run = 0; run < 2; run++) await (await engine.start(id, { runtime: binary })).ended;
    let length = 0;
    for await (const entry of engine.logs(id)) {
      expect(Buffer.compare(entry.bytes, bytes)).toBe(0);
      length += entry.bytes.length;
    }
    expect(length).toBe(6 * bytes.length);
  });

  test('that is damaged names its file', async () => {
    const root = onDisk();
    const engine = await sample({ root });
    const { id } = await run(engine, 'base', 'echo x');
    for (const hostile of ['{"stream":"stdout"}\n', 'not json\n', Buffer.from([0xff])]) {
      writeFileSync(join(root, 'container-logs', `${id}.0.jsonl`), hostile);
      await expect(engine.logs(id)[Symbol.asyncIterator]().next()).rejects.toMatchObject({
        code: 'JSON_INVALID',
        file: `container-logs/${id}.0.jsonl`,
      });
    }
  });
});

describe('a volume', () => {
  test('is not looked for outside the volumes', async () => {
    const root = onDisk();
    const engine = await sample({ root });
    const { id } = await engine.create('base', { mounts: [volume('data', '/v')] });
    const climbing = `../containers/${id}`;
    for (const call of [
      () => engine.volumes.get(climbing),
      () => engine.volumes.remove(climbing),
      () => engine.volumes.use(climbing, () => {}),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: 'VOLUME_UNKNOWN' });
    }
    const file = join(root, 'containers', `${id}.json`);
    writeFileSync(file, readFileSync(file, 'utf8').replace('"source":"data"', '"source":"../index"'));
    await expect(engine.start(id, { runtime })).rejects.toMatchObject({ code: 'NAME_INVALID' });
    writeFileSync(join(root, 'volumes', 'data.json'), '{"name":"../x"}');
    await expect(engine.volumes.list()).rejects.toMatchObject({ code: 'STORE_INVALID', file: 'volumes/data.json' });
  });

  test('keeps what it has when it is to take an archive that is none', async () => {
    const engine = await sample();
    await engine.volumes.create({ name: 'data' });
    await engine.volumes.use('data', ({ fs }) => fs.writeFileSync('/f', 'x'));
    const noTar = new Uint8Array(2048).fill(0x41);
    await expect(engine.volumes.import('data', noTar)).rejects.toMatchObject({ name: 'StratumError' });
    expect(await engine.volumes.use('data', ({ fs }) => fs.readdirSync('/'))).toEqual(['f']);
  });

  test('begins with what the image has at its place, outlives containers, and is shared by name', async () => {
    const engine = await sample();
    const mounts = [volume('shared', '/data')];
    await run(engine, 'app', 'cat /data/seed > /data/copy; rm /data/seed', { mounts });
    const script = 'ls /data; stat -c "%a %u %g" /data';
    expect(await output(engine, 'base', script, { mounts })).toBe('copy\n2775 7 8\n');
    await engine.volumes.use('shared', ({ fs }) => {
      expect(fs.readFileSync('/copy', 'utf8')).toBe('from the image');
      fs.writeFileSync('/from-outside', 'x');
    });
    expect(await output(engine, 'base', 'ls /elsewhere', { mounts: [volume('shared', '/elsewhere')] })).toBe(
      'copy\nfrom-outside\n',
    );
  });

  test('begins empty with nocopy, and takes no writes when it is read-only', async () => {
    const engine = await sample();
    const mounts = [volume('empty', '/data', { noCopy: true, readOnly: true })];
    expect(await output(engine, 'base', 'ls /data; touch /data/x || echo refused', { mounts })).toContain('refused\n');
    expect(await engine.volumes.use('empty', ({ fs }) => fs.readdirSync('/'))).toEqual([]);
  });

  test('of a VOLUME has no name of its own; what is in it is in no layer', async () => {
    const engine = await sample();
    const { id } = await run(engine, 'app', 'echo x > /data/new');
    expect(await engine.diff(id)).toEqual([]);
    const [only] = await engine.volumes.list();
    expect(only).toMatchObject({ anonymous: true, containers: [id] });
    await expect(engine.volumes.remove(only?.name ?? '')).rejects.toMatchObject({ code: 'CONFLICT' });
    await engine.rm(id);
    expect(await engine.volumes.prune()).toMatchObject({ names: [only?.name] });
  });

  test('is exported and imported as a tar', async () => {
    const engine = await sample();
    await run(engine, 'base', 'true', { mounts: [volume('from', '/data')] });
    await engine.volumes.import('to', engine.volumes.export('from'));
    expect(await engine.volumes.use('to', ({ fs }) => fs.readFileSync('/seed', 'utf8'))).toBe('from the image');
  });

  test.each([
    ['a name that is none', () => volume('../x', '/data'), 'NAME_INVALID'],
    ['a target that climbs', () => volume('ok', '/a/../../b'), 'USAGE'],
    ['the root as target', () => volume('ok', '/'), 'USAGE'],
  ])('refuses %s', async (_name, mount, code) => {
    const engine = await sample();
    await expect(engine.create('base', { mounts: [mount()] })).rejects.toMatchObject({ code });
    expect(await engine.ps()).toEqual([]);
  });

  test('keeps what two processes write to it at once', async () => {
    const root = onDisk();
    const first = await sample({ root });
    const second = await Engine.open({ root });
    const mounts = [volume('both', '/v')];
    const sleeper = await first.create('base', { mounts, changes: { cmd: ['sh', '-c', 'echo 1 > /v/one; sleep 60'] } });
    await first.start(sleeper.id, { runtime });
    await run(second, 'base', 'echo 2 > /v/two', { mounts });
    await first.stop(sleeper.id);
    await second.volumes.use('both', ({ fs }) => expect(fs.readdirSync('/')).toEqual(['one', 'two']));
    await first.close();
    await second.close();
  });
});

describe('a container that another process runs', () => {
  test('is listed, entered, waited for and stopped', async () => {
    const root = onDisk();
    const owner = await sample({ root });
    const other = await Engine.open({ root });
    const { id } = await owner.create('base', { name: 'web', changes: { cmd: ['sleep', '1000'] } });
    await owner.start(id, { runtime });
    expect((await other.ps())[0]?.state.status).toBe('running');
    let out = '';
    const result = await other.exec('web', ['sh', '-c', 'cat; echo x > /f; exit 4'], {
      stdin: (async function* () {
        yield new TextEncoder().encode('from outside');
      })(),
      onOutput: (_stream, chunk) => {
        out += decoder.decode(chunk);
      },
    });
    expect([result.exitCode, out]).toEqual([4, 'from outside']);
    const waited = other.wait('web');
    await other.stop('web');
    expect(await waited).toBe(143);
    expect(await other.diff('web')).toEqual([{ kind: 'add', path: '/f' }]);
    await owner.close();
    await other.close();
  });

  test('and left behind is lost: it has ended with 137', async () => {
    const root = onDisk();
    const engine = await sample({ root });
    const { id } = await engine.create('base');
    await engine.start(id, { runtime }).then(({ ended }) => ended);
    const file = join(root, 'containers', `${id}.json`);
    const record = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify({ ...record, state: { status: 'running', startedAt: record.created } }));
    expect((await engine.ps())[0]?.state).toMatchObject({
      status: 'exited',
      exitCode: 137,
      error: 'the process that ran it is gone',
    });
  });
});
