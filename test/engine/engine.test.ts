import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Change, Engine, type EngineEvent, Layer, UnionFs } from '../../src/index.js';

/** An engine with `base:1`, one layer of a few files, and `app:1`, which is one more layer on it. */
async function sample(options: { readonly root?: string } = {}): Promise<Engine> {
  const engine = await Engine.open({ ...options, now: () => 1_700_000_000_000 });
  const union = UnionFs.over([]);
  union.fs.mkdirSync('/etc');
  union.fs.writeFileSync('/etc/motd', 'welcome\n');
  union.fs.writeFileSync('/etc/hosts', '127.0.0.1 localhost\n');
  await engine.import((await union.toLayer()).tar(), { ref: 'base:1', changes: { cmd: ['/bin/sh'] } });
  const container = await engine.create('base:1', { name: 'build' });
  container.fs.writeFileSync('/etc/motd', 'welcome to the app\n');
  container.fs.unlinkSync('/etc/hosts');
  await container.commit({ ref: 'app:1', message: 'app', author: 'somebody' });
  await engine.rm('build');
  return engine;
}

function lines(changes: readonly Change[]): string[] {
  return changes.map(({ kind, path }) => `${{ add: '+', modify: '~', delete: '-' }[kind]} ${path}`);
}

describe('an image', () => {
  test('is found by name, by ID, by the beginning of its ID and by digest', async () => {
    const engine = await sample();
    const [app] = await engine.images({ reference: 'app' });
    const id = app?.id ?? '';
    for (const ref of ['app:1', 'docker.io/library/app:1', id, id.slice(7, 19), `app@${app?.digest}`]) {
      expect((await engine.inspectImage(ref))['Id']).toBe(id);
    }
  });

  test('that nobody has is IMAGE_UNKNOWN', async () => {
    const engine = await sample();
    await expect(engine.history('nothing:1')).rejects.toMatchObject({ code: 'IMAGE_UNKNOWN' });
  });

  test('tells its steps, newest first, with an ID only on the newest', async () => {
    const history = await (await sample()).history('app:1');
    expect(history.map(({ comment, emptyLayer }) => ({ comment, emptyLayer }))).toEqual([
      { comment: 'app', emptyLayer: false },
      { comment: 'Imported from -', emptyLayer: false },
    ]);
    expect(history.map(({ id }) => id !== undefined)).toEqual([true, false]);
  });

  test('without changes gets a step without a layer', async () => {
    const engine = await sample();
    const container = await engine.create('app:1');
    await container.commit({ ref: 'same:1', changes: { env: ['A=1'] } });
    expect((await engine.history('same:1')).map(({ emptyLayer }) => emptyLayer)).toEqual([true, false, false]);
    expect((await engine.inspectImage('same:1'))['Config']).toMatchObject({ Env: ['A=1'], Cmd: ['/bin/sh'] });
  });

  test('has the same ID whenever and wherever it is made of the same input', async () => {
    const ids = new Set<string>();
    for (let i = 0; i < 2; i++) {
      const engine = await Engine.open();
      const union = UnionFs.over([], { clock: { now: () => ({ sec: 2_000_000_000 + i, nsec: 5 }) } });
      union.fs.writeFileSync('/file', 'content');
      const layer = await union.toLayer({ clampMtimeSec: 1_700_000_000 });
      ids.add((await engine.import(layer.tar(), { ref: 'a', sourceDateEpoch: 1_700_000_000 })).id);
    }
    expect(ids.size).toBe(1);
  });
});

describe('names', () => {
  test('a tag that moves leaves the old image without a name', async () => {
    const engine = await sample();
    await engine.tag('app:1', 'base:1');
    const found = (await engine.images()).map(({ repository, tag }) => `${repository}:${tag}`);
    expect(found.sort()).toEqual(['app:1', 'base:1', 'undefined:undefined']);
  });

  test('rmi of one of several names keeps the image', async () => {
    const engine = await sample();
    await engine.tag('app:1', 'other:1');
    expect(await engine.rmi('app:1')).toEqual({ untagged: ['app:1'], deleted: [] });
    expect(await engine.images({ reference: 'other' })).toHaveLength(1);
  });

  test('rmi of the last name removes the layers that no other image needs, and only those', async () => {
    const engine = await sample();
    const [, base] = await engine.history('app:1');
    const { deleted } = await engine.rmi('app:1');
    expect(deleted).toHaveLength(2);
    expect(deleted).not.toContain(base?.layer?.diffId);
    expect(await engine.fsck()).toEqual([]);
  });

  test('rmi of an image that a container stands on is a CONFLICT', async () => {
    const engine = await sample();
    await engine.create('app:1', { name: 'user' });
    await expect(engine.rmi('app:1')).rejects.toMatchObject({ code: 'CONFLICT' });
  });
});

describe('sharing', () => {
  test('is counted to the byte: a shared layer is stored once', async () => {
    const engine = await sample();
    const usage = await engine.df({ files: true });
    const stored = usage.layers.reduce((sum, layer) => sum + layer.size, 0);
    const shared = usage.layers.filter((layer) => layer.images.length === 2).reduce((sum, { size }) => sum + size, 0);
    expect(usage.layers).toHaveLength(2);
    expect(shared).toBeGreaterThan(0);
    for (const image of usage.images) expect(image.sharedSize).toBe(shared);
    expect(usage.images.reduce((sum, image) => sum + image.uniqueSize, 0) + shared).toBe(usage.blobBytes);
    expect(usage.bytesWithoutSharing - usage.blobBytes).toBe(shared);
    expect(usage.reclaimableBytes).toBe(0);
    expect(stored).toBeLessThan(usage.blobBytes);
    expect(usage.files).toMatchObject({ files: 3, distinctFiles: 3 });
  });
});

describe('containers', () => {
  test('on one image do not see each other', async () => {
    const engine = await sample();
    const [a, b] = [await engine.create('app:1'), await engine.create('app:1')];
    a.fs.writeFileSync('/only-a', '');
    const c = await a.fork();
    c.fs.writeFileSync('/only-c', '');
    expect([lines(a.changes()), lines(b.changes()), lines(c.changes())]).toEqual([
      ['~ /', '+ /only-a'],
      [],
      ['~ /', '+ /only-a', '+ /only-c'],
    ]);
  });

  test('say of each path which layer it comes from', async () => {
    const engine = await sample();
    const container = await engine.create('app:1');
    const [top] = await engine.history('app:1');
    expect(container.union.origin('/etc/motd').id).toBe(top?.layer?.diffId);
    container.fs.appendFileSync('/etc/motd', 'x');
    expect(container.union.origin('/etc/motd').id).toBe('upper');
  });

  test('with a name that is in use are a CONFLICT', async () => {
    const engine = await sample();
    await engine.create('app:1', { name: 'one' });
    await expect(engine.create('app:1', { name: 'one' })).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  test('diff of two images tells what makes the second of the first', async () => {
    const engine = await sample();
    expect(lines(await engine.diff('base:1', 'app:1'))).toEqual(['~ /etc', '- /etc/hosts', '~ /etc/motd']);
  });
});

describe('events', () => {
  test('carry the patches that go forward and back', async () => {
    const engine = await sample();
    const events: EngineEvent[] = [];
    const end = engine.subscribe((event) => events.push(event));
    const container = await engine.create('app:1');
    end();
    await engine.rm(container.id);
    expect(events.map(({ type, action, id }) => ({ type, action, id }))).toEqual([
      { type: 'container', action: 'create', id: container.id },
    ]);
    expect(events[0]?.patches).toHaveLength(1);
    expect(events[0]?.inverse).toEqual([{ op: 'remove', path: ['containers', container.id] }]);
  });
});

describe('pruning', () => {
  test('removes what has no name, and keeps what a container stands on', async () => {
    const engine = await sample();
    const container = await engine.create('base:1');
    await engine.tag('app:1', 'base:1');
    expect((await engine.prune()).images).toEqual([]);
    await engine.rm(container.id);
    const report = await engine.prune();
    expect(report.images).toHaveLength(1);
    expect(report.freedBytes).toBeGreaterThan(0);
    expect(await engine.fsck()).toEqual([]);
    expect((await engine.diff('app:1', 'base:1')).length).toBe(0);
  });
});

describe('a store on disk', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'stratum-engine-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  test('keeps containers with their changes for the next process', async () => {
    const first = await sample({ root });
    const container = await first.create('app:1', { name: 'kept' });
    container.fs.writeFileSync('/new', 'new');
    container.fs.rmSync('/etc/motd');
    await first.close();
    const second = await Engine.open({ root });
    const again = await second.container('kept');
    expect(again.fs.readFileSync('/new', 'utf8')).toBe('new');
    expect(lines(again.changes())).toEqual(lines(container.changes()));
    await again.commit({ ref: 'next:1' });
    expect(await second.fsck()).toEqual([]);
  });

  test('reads file contents where they lie, also in the process after', async () => {
    await (await sample({ root })).close();
    const engine = await Engine.open({ root });
    const container = await engine.create('app:1');
    expect(container.fs.readFileSync('/etc/motd', 'utf8')).toBe('welcome to the app\n');
  });

  test('is used by two engines at once without losing a name', async () => {
    await sample({ root });
    const engines = await Promise.all([Engine.open({ root }), Engine.open({ root })]);
    await Promise.all(engines.flatMap((engine, i) => [0, 1, 2, 3].map((n) => engine.tag('app:1', `t${i}-${n}:1`))));
    expect(await engines[0]?.images()).toHaveLength(10);
  });

  test('leaves nothing half-written in its folders', async () => {
    const engine = await sample({ root });
    writeFileSync(join(root, 'broken.tar'), 'not an archive');
    await expect(engine.load(new TextEncoder().encode('not an archive'))).rejects.toMatchObject({
      name: 'StratumError',
    });
    expect(readdirSync(join(root, 'blobs')).filter((name) => name.startsWith('.tmp'))).toEqual([]);
    expect(await engine.fsck()).toEqual([]);
  });

  test('with a damaged blob is told so by fsck, which names it', async () => {
    const engine = await sample({ root });
    const [layer] = (await engine.df()).layers;
    const digest = layer?.digest ?? '';
    writeFileSync(join(root, 'blobs', 'sha256', digest.slice(7)), 'damaged');
    const findings = await engine.fsck();
    expect(findings.some(({ severity, message }) => severity === 'error' && message.includes(digest))).toBe(true);
  });
});

describe('the copies beside the blobs', () => {
  let root: string;
  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'stratum-cache-'));
    const engine = await sample({ root });
    await engine.create('app:1', { name: 'kept' });
    await engine.close();
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function copies(kind: string): string[] {
    return readdirSync(join(root, 'cache'))
      .filter((name) => name.endsWith(kind))
      .map((name) => join(root, 'cache', name));
  }

  test.each(['.index', '.tar', '.verified'])('are made again when one (%s) is cut off or gone', async (kind) => {
    expect(copies(kind).length).toBeGreaterThan(0);
    for (const damage of [(file: string) => writeFileSync(file, 'x'), (file: string) => rmSync(file)]) {
      for (const file of copies(kind)) damage(file);
      const container = await (await Engine.open({ root })).container('kept');
      expect(container.fs.readFileSync('/etc/motd', 'utf8')).toBe('welcome to the app\n');
    }
  });

  test.each(['.index', '.tar'])('are held against the blob by fsck (%s)', async (kind) => {
    for (const file of copies(kind)) {
      const bytes = readFileSync(file);
      bytes[0] = (bytes[0] ?? 0) ^ 1;
      writeFileSync(file, bytes);
    }
    const findings = await (await Engine.open({ root })).fsck();
    expect(findings.filter(({ severity }) => severity === 'error').length).toBeGreaterThan(0);
  });
});

test('a layer keeps its DiffID through every codec', async () => {
  const union = UnionFs.over([]);
  union.fs.writeFileSync('/a', 'a'.repeat(100_000));
  const layer = await union.toLayer();
  for (const codec of ['none', 'gzip', 'zstd'] as const) {
    expect((await Layer.fromTar(layer.blob({ codec }).stream)).diffId).toBe(layer.diffId);
  }
});
