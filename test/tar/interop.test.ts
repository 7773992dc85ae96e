import { execFileSync } from 'node:child_process';
import {
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import tarStream from 'tar-stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { utf8 } from '../../src/base/bytes.js';
import { collectBytes } from '../../src/base/stream.js';
import { HeldBytes } from '../../src/layer/held-bytes.js';
import { SparseBytes } from '../../src/layer/sparse-bytes.js';
import { requires } from '../kit/requires.js';
import { file, header, readTar, tarOf } from './entries.js';

const LONG = `${'directory-'.repeat(12)}/${'name-'.repeat(30)}`;
const BODY = utf8('content of a file\n'.repeat(500));

describe('tar-stream', () => {
  it('reads what we write', async () => {
    const tar = tarOf(
      { header: header({ path: 'd', type: 'directory', mode: 0o755 }) },
      file(LONG, BODY, { uid: 3000, mtimeSec: 5 }),
      { header: header({ path: 'l', type: 'symlink', linkname: 'é' }) },
    );
    const found: unknown[] = [];
    for await (const entry of Readable.from([tar]).pipe(tarStream.extract())) {
      const { name, type, uid, size, linkname } = entry.header;
      found.push([name, type, uid, size, linkname, (await collectBytes(entry as AsyncIterable<Uint8Array>)).length]);
    }
    expect(found).toEqual([
      ['d/', 'directory', 0, 0, null, 0],
      [LONG, 'file', 3000, BODY.length, null, BODY.length],
      ['l', 'symlink', 0, 0, 'é', 0],
    ]);
  });

  it('writes what we read', async () => {
    const pack = tarStream.pack();
    pack.entry({ name: LONG, mode: 0o600, uid: 7, mtime: new Date(1500) }, Buffer.from(BODY));
    pack.entry({ name: 'l', type: 'symlink', linkname: LONG });
    pack.finalize();
    const [first, second] = readTar(await collectBytes(pack as AsyncIterable<Uint8Array>));
    expect(first?.entry).toMatchObject({ path: LONG, mode: 0o600, uid: 7, size: BODY.length, mtimeSec: 1 });
    expect(first?.body).toEqual(BODY);
    expect(second?.entry).toMatchObject({ type: 'symlink', linkname: LONG });
  });
});

describe('GNU tar', () => {
  let folder = '';

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'stratum-tar-'));
    const put = join(folder, 'in');
    mkdirSync(join(put, LONG, '..'), { recursive: true });
    writeFileSync(join(put, LONG), BODY);
    writeFileSync(join(put, 'a'), 'a');
    linkSync(join(put, 'a'), join(put, 'b'));
    symlinkSync('a', join(put, 'l'));
    utimesSync(join(put, 'a'), 1.25, 1.25);
    writeFileSync(join(put, 'holes'), 'x');
    truncateSync(join(put, 'holes'), 3_000_000);
    writeFileSync(join(put, 'holes'), 'y', { flag: 'a' });
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const test = requires('tar');
  for (const format of ['gnu', 'oldgnu', 'posix']) {
    test(`writes ${format} as we read it`, () => {
      const members = new Map(readTar(archive(`--format=${format}`)).map((one) => [one.entry.path, one]));
      expect(members.get(`./${LONG}`)?.body).toEqual(BODY);
      expect(members.get('./l')?.entry).toMatchObject({ type: 'symlink', linkname: 'a' });
      const [a, b] = [members.get('./a')?.entry, members.get('./b')?.entry];
      expect([a?.type, b?.type].sort()).toEqual(['file', 'link']);
      expect(a?.mtimeSec).toBe(1);
    });
  }

  for (const kind of [['gnu'], ['oldgnu'], ['posix', '0.0'], ['posix', '0.1'], ['posix', '1.0']]) {
    test(`writes sparse files as we read them: ${kind.join(' ')}`, () => {
      const [format, version] = kind;
      const versionOption = version === undefined ? [] : [`--sparse-version=${version}`];
      const tar = archive('--sparse', `--format=${format}`, ...versionOption);
      const entry = readTar(tar, 1000).find((one) => one.entry.path === './holes')?.entry;
      const held = new HeldBytes();
      held.add(tar);
      held.finish();
      if (entry?.sparse === undefined) throw new Error('not sparse');
      const whole = new SparseBytes(entry.sparse, held, entry.bodyOffset).read(0, 3_000_001);
      expect(Buffer.compare(whole, readFileSync(join(folder, 'in', 'holes')))).toBe(0);
    });
  }

  test('reads what we write', () => {
    const out = join(folder, 'out');
    mkdirSync(out);
    const tar = tarOf(
      { header: header({ path: 'd', type: 'directory', mode: 0o750, mtimeSec: 9 }) },
      file(`d/${LONG}`, BODY, { mtimeSec: -5, mtimeNsec: 500_000_000 }),
      file('d/\udcff\udcfe', utf8('bytes')),
      { header: header({ path: 'd/link', type: 'link', linkname: `d/${LONG}` }) },
      { header: header({ path: 'd/fifo', type: 'fifo', mode: 0o600 }) },
    );
    execFileSync('tar', ['-x', '-p', '-C', out], { input: tar, stdio: ['pipe', 'pipe', 'ignore'] });
    const stat = lstatSync(join(out, 'd', LONG));
    expect([stat.size, stat.mtimeMs, stat.nlink]).toEqual([BODY.length, -4500, 2]);
    expect(lstatSync(join(out, 'd/fifo')).isFIFO()).toBe(true);
    expect(readFileSync(Buffer.concat([Buffer.from(join(out, 'd/')), Buffer.of(0xff, 0xfe)]), 'utf8')).toBe('bytes');
  });

  function archive(...options: string[]): Uint8Array {
    const output = execFileSync('tar', ['-c', '-C', join(folder, 'in'), ...options, '.'], { maxBuffer: 1 << 26 });
    return new Uint8Array(output);
  }
});
