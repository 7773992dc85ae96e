/** Directories and files of the machine in a view: written through, and never left. */

import nodeFs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFs, hostPath, UnionFs } from '../../src/index.js';
import { HostKernel } from '../../src/node/host/kernel.js';
import { ROOT } from '../../src/union/access.js';
import { requires } from '../kit/requires.js';

let host = '';
beforeEach(() => {
  host = nodeFs.realpathSync(nodeFs.mkdtempSync(join(tmpdir(), 'stratum-host-')));
  nodeFs.chmodSync(host, 0o755);
  nodeFs.mkdirSync(join(host, 'shared'));
  nodeFs.writeFileSync(join(host, 'shared', 'file'), 'of the machine');
  nodeFs.writeFileSync(join(host, 'secret'), 'outside');
});
afterEach(() => nodeFs.rmSync(host, { recursive: true, force: true }));

function mounted(options: { readonly readOnly?: boolean } = {}): UnionFs {
  const union = UnionFs.over([]);
  union.mount('/shared', hostPath(join(host, 'shared')), { create: true, ...options });
  return union;
}

function codeOf(step: () => unknown): string {
  try {
    step();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'no error';
}

describe('a directory of the machine', () => {
  test('is read and written where it lies, and is in no layer', async () => {
    const union = mounted();
    union.fs.appendFileSync('/shared/file', ', and more');
    union.fs.mkdirSync('/shared/new/dir', { recursive: true });
    expect(nodeFs.readFileSync(join(host, 'shared', 'file'), 'utf8')).toBe('of the machine, and more');
    expect(nodeFs.existsSync(join(host, 'shared', 'new', 'dir'))).toBe(true);
    expect((await union.toLayer()).changes.map(({ path }) => path)).toEqual(['/', '/shared']);
    nodeFs.writeFileSync(join(host, 'shared', 'later'), 'x');
    expect(union.fs.readdirSync('/shared')).toEqual(['file', 'later', 'new']);
    expect(union.fork().fs.existsSync('/shared/later')).toBe(true);
  });

  test('is not left by a symlink, nor by two dots', () => {
    const union = mounted();
    nodeFs.symlinkSync(join(host, 'secret'), join(host, 'shared', 'absolute'));
    nodeFs.symlinkSync('../secret', join(host, 'shared', 'relative'));
    nodeFs.symlinkSync('..', join(host, 'shared', 'up'));
    union.fs.writeFileSync('/secret', 'of the view');
    expect(codeOf(() => union.fs.readFileSync('/shared/absolute'))).toBe('ENOENT');
    expect(union.fs.readFileSync('/shared/relative', 'utf8')).toBe('of the view');
    expect(union.fs.readFileSync('/shared/../secret', 'utf8')).toBe('of the view');
    expect(union.fs.readdirSync('/shared/up')).toEqual(['secret', 'shared']);
    union.fs.writeFileSync('/shared/relative', 'changed');
    expect(nodeFs.readFileSync(join(host, 'secret'), 'utf8')).toBe('outside');
  });

  test('keeps itself closed, whoever calls its kernel', () => {
    nodeFs.symlinkSync(host, join(host, 'shared', 'out'));
    nodeFs.symlinkSync(join(host, 'secret'), join(host, 'shared', 'link'));
    const kernel = new HostKernel(join(host, 'shared'), ROOT);
    const calls = [
      () => kernel.open('/link', 0, 0),
      () => kernel.open('/link', 0o101, 0o644),
      () => kernel.open('/out/secret', 0, 0),
      () => kernel.readFile('/link'),
      () => kernel.truncate('/link', 0),
      () => kernel.chmod('/link', 0o600),
      () => kernel.chown('/link', 1, 1),
      () => kernel.utimes('/link', { sec: 0, nsec: 0 }, { sec: 0, nsec: 0 }),
      () => kernel.stat('/link'),
      () => kernel.access('/link', 0),
      () => kernel.readdir('/out'),
      () => kernel.unlink('/out/secret'),
      () => kernel.mkdir('/out/new', 0o755),
      () => kernel.rename('/file', '/out/file'),
      () => kernel.link('/out/secret', '/mine'),
      () => kernel.removeTree('/out/shared'),
    ];
    expect(calls.map(codeOf)).toEqual(calls.map(() => 'ELOOP'));
    expect([() => kernel.open('/../secret', 0, 0), () => kernel.lstat('/../secret')].map(codeOf)).toEqual([
      'EINVAL',
      'EINVAL',
    ]);
    kernel.unlink('/out');
    expect(nodeFs.readdirSync(host)).toEqual(['secret', 'shared']);
    expect(nodeFs.readFileSync(join(host, 'secret'), 'utf8')).toBe('outside');
  });

  test('can be mounted read-only', () => {
    const { fs } = mounted({ readOnly: true });
    expect(codeOf(() => fs.writeFileSync('/shared/file', 'x'))).toBe('EROFS');
    expect(codeOf(() => fs.rmSync('/shared/file'))).toBe('EROFS');
    expect(codeOf(() => fs.mkdirSync('/shared/new'))).toBe('EROFS');
    expect(fs.readFileSync('/shared/file', 'utf8')).toBe('of the machine');
  });

  test('can be a file, and then shows nothing else', () => {
    const union = UnionFs.over([]);
    union.mount('/etc/hosts', hostPath(join(host, 'secret')), { create: true });
    expect(union.fs.readFileSync('/etc/hosts', 'utf8')).toBe('outside');
    expect(union.fs.readdirSync('/etc')).toEqual(['hosts']);
    expect(codeOf(() => union.fs.unlinkSync('/etc/hosts'))).toBe('EBUSY');
    union.fs.writeFileSync('/etc/hosts', 'written through');
    expect(nodeFs.readFileSync(join(host, 'secret'), 'utf8')).toBe('written through');
  });

  test('gives new files the umask of the view, whatever the process has', () => {
    const union = mounted();
    const fs = createFs(union.view.kernelAs({ uid: 0, gid: 0, groups: [], umask: 0 }));
    const before = process.umask(0o077);
    try {
      fs.writeFileSync('/shared/open', 'x', { mode: 0o666 });
      fs.mkdirSync('/shared/dir', 0o777);
    } finally {
      process.umask(before);
    }
    expect(['open', 'dir'].map((name) => nodeFs.statSync(join(host, 'shared', name)).mode & 0o777)).toEqual([
      0o666, 0o777,
    ]);
  });

  test('has the names and the figures that it has, and no extended attributes', () => {
    const union = mounted();
    nodeFs.writeFileSync(Buffer.concat([Buffer.from(join(host, 'shared', 'n')), Buffer.of(0xff)]), 'x');
    const name = union.fs.readdirSync('/shared').find((each) => each.startsWith('n')) as string;
    expect(union.fs.readFileSync(`/shared/${name}`, 'utf8')).toBe('x');
    expect(union.fs.statSync('/shared/file').dev).toBe(nodeFs.statSync(join(host, 'shared', 'file')).dev);
    expect(union.fs.statfsSync('/shared').type).toBe(nodeFs.statfsSync(host).type);
    expect(codeOf(() => union.kernel.setxattr('/shared/file', 'user.x', new Uint8Array(1)))).toBe('EOPNOTSUPP');
    expect(codeOf(() => union.kernel.getxattr('/shared/file', 'user.x'))).toBe('EOPNOTSUPP');
    expect(codeOf(() => union.kernel.mknod('/shared/pipe', 0o010644, 0))).toBe('EPERM');
    expect(codeOf(() => hostPath(join(host, 'missing')))).toBe('ENOENT');
  });

  requires('root')("has the rights of the view, and new files are its user's", () => {
    const union = mounted();
    const fs = createFs(union.view.kernelAs({ uid: 1000, gid: 1001, groups: [1002], umask: 0o022 }));
    expect(codeOf(() => fs.writeFileSync('/shared/file', 'x'))).toBe('EACCES');
    expect(codeOf(() => fs.writeFileSync('/shared/new', 'x'))).toBe('EACCES');
    expect(codeOf(() => fs.chmodSync('/shared/file', 0o777))).toBe('EPERM');
    expect(codeOf(() => fs.unlinkSync('/shared/file'))).toBe('EACCES');
    nodeFs.chmodSync(join(host, 'shared'), 0o1777);
    expect(codeOf(() => fs.unlinkSync('/shared/file'))).toBe('EPERM');
    fs.writeFileSync('/shared/new', 'x');
    fs.mkdirSync('/shared/dir');
    fs.symlinkSync('new', '/shared/link');
    fs.chownSync('/shared/new', 1000, 1002);
    expect(codeOf(() => fs.chownSync('/shared/new', 1000, 1003))).toBe('EPERM');
    const owners = ['new', 'dir', 'link'].map((name) => {
      const { uid, gid } = nodeFs.lstatSync(join(host, 'shared', name));
      return `${name} ${uid}:${gid}`;
    });
    expect(owners).toEqual(['new 1000:1002', 'dir 1000:1001', 'link 1000:1001']);
    fs.rmSync('/shared/dir', { recursive: true });
    expect(nodeFs.readdirSync(join(host, 'shared'))).toEqual(['file', 'link', 'new']);
  });
});
