/** Mounts in a view: what they show and hide, what they refuse, and what becomes of them in forks. */

import { describe, expect, test } from 'vitest';
import { createFs, tmpfs, tree, UnionFs, volume } from '../../src/index.js';

const USER = { uid: 1000, gid: 1000, groups: [], umask: 0o022 };

/** A union with these files; a name that ends in a slash is a directory. */
function union(...paths: readonly string[]): UnionFs {
  const made = UnionFs.over([]);
  for (const path of paths) {
    made.fs.mkdirSync(path.slice(0, path.lastIndexOf('/')) || '/', { recursive: true });
    if (!path.endsWith('/')) made.fs.writeFileSync(path, `content of ${path}`);
  }
  return made;
}

/** The message of what a step throws. */
function errorOf(step: () => unknown): string {
  try {
    step();
  } catch (error) {
    return (error as Error).message;
  }
  return 'no error';
}

describe('a mount', () => {
  test('shows another tree and hides what was there, which comes back', () => {
    const below = union('/data/below');
    below.mount('/data', tree(union('/inside')));
    expect(below.fs.readdirSync('/data')).toEqual(['inside']);
    expect(below.fs.readFileSync('/data/inside', 'utf8')).toBe('content of /inside');
    below.unmount('/data');
    expect(below.fs.readdirSync('/data')).toEqual(['below']);
  });

  test('is seen by every fs and kernel that was made before it', () => {
    const below = union('/data/');
    const { fs } = below;
    const kernel = below.view.kernelAs(USER);
    below.mount('/data', tree(union('/inside')));
    expect(fs.existsSync('/data/inside')).toBe(true);
    expect(createFs(kernel).existsSync('/data/inside')).toBe(true);
    below.unmount('/data');
    expect(fs.existsSync('/data/inside')).toBe(false);
    expect(createFs(kernel).existsSync('/data/inside')).toBe(false);
  });

  test('stays out of the changes and of layers', async () => {
    const below = union('/data/below');
    const before = below.changes();
    below.mount('/data', tmpfs());
    below.fs.writeFileSync('/data/inside', 'x');
    below.fs.symlinkSync('/data/inside', '/data/link');
    expect(below.changes()).toEqual(before);
    expect((await below.toLayer()).changes.map(({ path }) => path)).toEqual(['/', '/data', '/data/below']);
    expect(below.view.everything().map(({ path }) => path)).toEqual(['/', '/data', '/data/below']);
    expect(below.origin('/data/inside').id).toBe('mount');
  });

  test('needs its mount point, which it makes on demand as a change of the tree below', () => {
    const below = union();
    expect(errorOf(() => below.mount('/srv/data', tmpfs()))).toMatch(/^ENOENT: .*, mount '\/srv\/data'$/);
    below.mount('/srv/data', tmpfs(), { create: true });
    below.mount('/etc/hosts', tree(union('/hosts'), { subpath: '/hosts' }), { create: true });
    expect(below.changes().map(({ path }) => path)).toEqual(['/', '/etc', '/etc/hosts', '/srv', '/srv/data']);
    expect(below.fs.readFileSync('/etc/hosts', 'utf8')).toBe('content of /hosts');
    below.unmount('/etc/hosts');
    expect(below.fs.readFileSync('/etc/hosts', 'utf8')).toBe('');
  });

  test('takes a directory for a directory, a file for a file, and never the root', () => {
    const below = union('/dir/', '/file');
    const file = tree(union('/hosts'), { subpath: 'hosts' });
    expect(errorOf(() => below.mount('/file', tmpfs()))).toMatch(/^ENOTDIR/);
    expect(errorOf(() => below.mount('/dir', file))).toMatch(/^ENOTDIR/);
    expect(errorOf(() => below.mount('/', tmpfs()))).toMatch(/^EBUSY/);
    expect(errorOf(() => tree(union(), { subpath: '/missing' }))).toMatch(/^ENOENT/);
    expect(errorOf(() => tree(union(), { subpath: '../out' }))).toMatch(/^EINVAL/);
    below.mount('/file', file);
    below.fs.appendFileSync('/file', '!');
    expect(below.fs.readFileSync('/file', 'utf8')).toBe('content of /hosts!');
  });

  test('lies on another, which comes back when it goes', () => {
    const below = union('/data/');
    below.mount('/data', tree(union('/first')));
    below.mount('/data', tree(union('/second/')));
    below.mount('/data/second', tmpfs());
    expect(below.fs.readdirSync('/data')).toEqual(['second']);
    expect(below.mounts().map(({ path, kind }) => `${kind} ${path}`)).toEqual([
      'tree /data',
      'tree /data',
      'tmpfs /data/second',
    ]);
    expect(below.fs.realpathSync('/data/second/../..')).toBe('/');
    expect(errorOf(() => below.unmount('/data'))).toMatch(/^EBUSY: .*, umount '\/data'$/);
    below.unmount('/data/second');
    below.unmount('/data');
    expect(below.fs.readdirSync('/data')).toEqual(['first']);
    below.unmount('/data');
    expect(errorOf(() => below.unmount('/data'))).toMatch(/^EINVAL/);
  });

  test('stays where it is when its mount point is renamed to another name of the same file', () => {
    const below = union('/file');
    below.fs.linkSync('/file', '/same');
    below.mount('/file', tree(union('/hosts'), { subpath: '/hosts' }));
    below.fs.renameSync('/file', '/same');
    expect(below.fs.readFileSync('/file', 'utf8')).toBe('content of /hosts');
    expect(below.fs.readFileSync('/same', 'utf8')).toBe('content of /file');
  });

  test('goes with the directory above it', () => {
    const below = union('/a/b/');
    below.mount('/a/b', tree(union('/inside')));
    below.fs.renameSync('/a', '/c');
    expect(below.mounts()).toEqual([{ path: '/c/b', kind: 'tree', readOnly: false }]);
    expect(below.fs.existsSync('/c/b/inside')).toBe(true);
    expect(below.fs.existsSync('/a/b')).toBe(false);
  });
});

describe('across mounts', () => {
  test('rename and link are EXDEV, and errors tell the paths of the caller', () => {
    const below = union('/data/', '/file');
    below.mount('/data', tree(union('/inside', '/dir/x')));
    const messages = [
      () => below.fs.renameSync('/data/inside', '/moved'),
      () => below.fs.linkSync('/file', '/data/linked'),
      () => below.fs.rmdirSync('/data/dir'),
      () => below.fs.renameSync('/data/missing', '/data/dir'),
      () => below.fs.symlinkSync('target', '/data/inside'),
      () => below.fs.openSync('/data/inside/x', 'r'),
      () => below.fs.readFileSync('/data/dir'),
      () => below.fs.rmdirSync('/data'),
      () => below.fs.renameSync('/data', '/other'),
    ].map(errorOf);
    expect(messages).toEqual([
      "EXDEV: cross-device link not permitted, rename '/data/inside' -> '/moved'",
      "EXDEV: cross-device link not permitted, link '/file' -> '/data/linked'",
      "ENOTEMPTY: directory not empty, rmdir '/data/dir'",
      "ENOENT: no such file or directory, rename '/data/missing' -> '/data/dir'",
      "EEXIST: file already exists, symlink 'target' -> '/data/inside'",
      "ENOTDIR: not a directory, open '/data/inside/x'",
      'EISDIR: illegal operation on a directory, read',
      "EBUSY: resource busy or locked, rmdir '/data'",
      "EBUSY: resource busy or locked, rename '/data' -> '/other'",
    ]);
  });

  test('files with one inode number are two files', () => {
    const below = union('/a', '/data/');
    below.mount('/data', tree(union('/b')));
    const { fs } = below;
    expect(fs.statSync('/a').ino).toBe(fs.statSync('/data/b').ino);
    expect(fs.statSync('/a').dev).not.toBe(fs.statSync('/data/b').dev);
    fs.copyFileSync('/a', '/data/b');
    expect(fs.readFileSync('/data/b', 'utf8')).toBe('content of /a');
    fs.writeFileSync('/a', 'changed');
    fs.cpSync('/a', '/data/b');
    expect(fs.readFileSync('/data/b', 'utf8')).toBe('changed');
  });

  test('symlinks lead in and out, and absolute ones begin at the root of all', () => {
    const below = union('/data/', '/top');
    below.mount('/data', tmpfs());
    const { fs } = below;
    fs.symlinkSync('/top', '/data/absolute');
    fs.symlinkSync('../top', '/data/relative');
    fs.symlinkSync('data/new', '/into');
    fs.writeFileSync('/into', 'made through a dangling symlink');
    expect(fs.readFileSync('/data/new', 'utf8')).toBe('made through a dangling symlink');
    expect(fs.realpathSync('/data/absolute')).toBe('/top');
    expect(fs.readFileSync('/data/relative', 'utf8')).toBe('content of /top');
    expect(fs.readdirSync('/')).toEqual(['data', 'into', 'top']);
  });

  test('descriptors have one numbering, with the lowest free number first', () => {
    const below = union('/data/', '/file');
    const { fs } = below;
    const before = fs.openSync('/file', 'r');
    below.mount('/data', tree(union('/inside')));
    const inside = fs.openSync('/data/inside', 'r');
    const after = fs.openSync('/file', 'r');
    expect([inside, after]).toEqual([before + 1, before + 2]);
    expect([before, inside, after].map((fd) => fs.readFileSync(fd, 'utf8'))).toEqual([
      'content of /file',
      'content of /inside',
      'content of /file',
    ]);
    expect(errorOf(() => below.unmount('/data'))).toMatch(/^EBUSY/);
    fs.closeSync(inside);
    expect(errorOf(() => fs.fstatSync(inside))).toMatch(/^EBADF/);
    expect(fs.openSync('/file', 'r')).toBe(inside);
    below.unmount('/data');
    expect(fs.fstatSync(before).size).toBe('content of /file'.length);
    expect(errorOf(() => fs.openSync('/data/inside', 'r'))).toMatch(/^ENOENT/);
  });

  test('rm -r empties what is mounted and fails at the mount point', () => {
    const below = union('/top/data/', '/top/file');
    const source = union('/inside', '/dir/x');
    below.mount('/top/data', tree(source));
    expect(errorOf(() => below.fs.rmSync('/top', { recursive: true }))).toMatch(/^EBUSY: .* '\/top\/data'$/);
    expect(source.fs.readdirSync('/')).toEqual([]);
    expect(below.fs.readdirSync('/top')).toContain('data');
  });
});

describe('a read-only root', () => {
  test('refuses changes outside the mounts, in forks and old kernels too, until it is writable again', () => {
    const below = union('/file', '/data/');
    const { fs } = below;
    below.mount('/data', tree(union()));
    below.remount({ readOnly: true });
    const fork = below.fork();
    for (const each of [fs, fork.fs]) {
      expect(errorOf(() => each.writeFileSync('/file', 'x'))).toMatch(/^EROFS: /);
      each.writeFileSync('/data/new', 'x');
    }
    below.unmount('/data');
    expect(errorOf(() => fs.mkdirSync('/new'))).toMatch(/^EROFS: /);
    below.remount({ readOnly: false });
    fs.mkdirSync('/new');
    expect(below.changes().map(({ path }) => path)).toContain('/new');
  });
});

describe('a read-only mount', () => {
  test('refuses every change, and no look', () => {
    const below = union('/data/');
    below.mount('/data', tree(union('/file', '/dir/')), { readOnly: true });
    const { fs } = below;
    const fd = fs.openSync('/data/file', 'r');
    const changes = [
      () => fs.writeFileSync('/data/file', 'x'),
      () => fs.writeFileSync('/data/new', 'x'),
      () => fs.openSync('/data/file', fs.constants.O_RDONLY | fs.constants.O_TRUNC),
      () => fs.truncateSync('/data/file', 1),
      () => fs.mkdirSync('/data/new'),
      () => fs.rmdirSync('/data/dir'),
      () => fs.unlinkSync('/data/file'),
      () => fs.renameSync('/data/file', '/data/dir/file'),
      () => fs.linkSync('/data/file', '/data/linked'),
      () => fs.symlinkSync('x', '/data/link'),
      () => fs.chmodSync('/data/file', 0o600),
      () => fs.chownSync('/data', 1, 1),
      () => fs.lutimesSync('/data/file', 1, 1),
      () => fs.futimesSync(fd, 1, 1),
      () => fs.fchmodSync(fd, 0o600),
      () => fs.accessSync('/data/file', fs.constants.W_OK),
      () => fs.rmSync('/data/dir', { recursive: true }),
      () => below.kernel.setxattr('/data/file', 'user.x', new Uint8Array(1)),
    ];
    expect(changes.map((change) => errorOf(change).slice(0, 5))).toEqual(changes.map(() => 'EROFS'));
    expect(fs.readFileSync(fd, 'utf8')).toBe('content of /file');
    expect(fs.readdirSync('/data')).toEqual(['dir', 'file']);
    expect(errorOf(() => fs.accessSync('/data/file', fs.constants.R_OK))).toBe('no error');
    expect(errorOf(() => fs.mkdirSync('/data/dir'))).toMatch(/^EEXIST/);
  });
});

describe('rights', () => {
  test('are those of the caller, on every directory on the way', () => {
    const below = union('/open/data/', '/closed/data/');
    const source = union('/shown', '/hidden/x', '/mine');
    source.fs.chmodSync('/hidden', 0o700);
    source.fs.chownSync('/mine', USER.uid, USER.gid);
    below.fs.chmodSync('/closed', 0o700);
    below.mount('/open/data', tree(source));
    below.mount('/closed/data', tree(source));
    const fs = createFs(below.view.kernelAs(USER));
    expect(fs.readFileSync('/open/data/shown', 'utf8')).toBe('content of /shown');
    expect(errorOf(() => fs.readFileSync('/closed/data/shown'))).toMatch(/^EACCES/);
    expect(errorOf(() => fs.readFileSync('/open/data/hidden/x'))).toMatch(/^EACCES/);
    expect(errorOf(() => fs.writeFileSync('/open/data/shown', 'x'))).toMatch(/^EACCES/);
    fs.writeFileSync('/open/data/mine', 'x');
    expect(source.fs.readFileSync('/mine', 'utf8')).toBe('x');
  });
});

describe('kinds', () => {
  test('a volume is one for all views and forks that mount it; a tree and a tmpfs are forked with the view', () => {
    const shared = volume();
    const first = union('/volume/', '/tree/', '/tmp/');
    first.mount('/volume', shared);
    first.mount('/tree', tree(union('/inside')));
    first.mount('/tmp', tmpfs());
    const other = union('/volume/');
    other.mount('/volume', shared);
    const fork = first.fork();
    for (const path of ['/volume/x', '/tree/x', '/tmp/x']) fork.fs.writeFileSync(path, 'of the fork');
    expect(['/volume/x', '/tree/x', '/tmp/x', '/tree/inside'].filter((path) => first.fs.existsSync(path))).toEqual([
      '/volume/x',
      '/tree/inside',
    ]);
    expect(other.fs.readFileSync('/volume/x', 'utf8')).toBe('of the fork');
    expect(UnionFs.ofView(shared.view).fs.readdirSync('/')).toEqual(['x']);
    fork.unmount('/volume');
    expect(first.mounts()).toHaveLength(3);
  });

  test('one source in two places is one device, in a fork too', () => {
    const first = union('/a/', '/b/', '/c/');
    const source = tree(union('/f'));
    first.mount('/a', source);
    first.mount('/b', source);
    first.mount('/c', tree(first, { subpath: '/a' }));
    for (const each of [first, first.fork()]) {
      each.fs.writeFileSync('/a/f', 'one');
      expect(each.fs.readFileSync('/b/f', 'utf8')).toBe('one');
      const devices = ['/a', '/b', '/c', '/'].map((path) => each.fs.statSync(path).dev);
      expect(devices[0]).toBe(devices[1]);
      expect(devices[2]).toBe(devices[3]);
      expect(devices[0]).not.toBe(devices[2]);
      each.fs.writeFileSync('/c/own', 'shown twice');
      expect(errorOf(() => each.fs.renameSync('/a/f', '/b/g'))).toMatch(/^EXDEV/);
      each.unmount('/a');
      expect(each.fs.readFileSync('/a/own', 'utf8')).toBe('shown twice');
    }
  });

  test('a view that is mounted brings no mounts along, so that two can mount each other', () => {
    const [first, second] = [union('/other/', '/a'), union('/other/', '/b')];
    first.mount('/other', tree(second));
    second.mount('/other', tree(first));
    expect(first.fs.readdirSync('/other')).toEqual(['b', 'other']);
    expect(first.fs.readdirSync('/other/other')).toEqual([]);
    expect(first.fork().fs.readdirSync('/other')).toEqual(['b', 'other']);
  });

  test('a tree is an immutable tree too, and what is written to it is lost with the mount', () => {
    const below = union('/data/');
    const { lower } = union().view;
    below.mount('/data', tree(lower));
    below.fs.writeFileSync('/data/x', 'x');
    expect(UnionFs.overTree(lower).fs.readdirSync('/')).toEqual([]);
  });

  test('a tmpfs says so, and has the mode of /tmp unless another is asked for', () => {
    const below = union('/tmp/', '/run/');
    below.mount('/tmp', tmpfs());
    below.mount('/run', tmpfs({ mode: 0o755 }));
    expect(below.fs.statSync('/tmp').mode & 0o7777).toBe(0o1777);
    expect(below.fs.statSync('/run').mode & 0o7777).toBe(0o755);
    expect(below.fs.statfsSync('/tmp').type).toBe(0x01021994);
    expect(below.fs.statfsSync('/').type).toBe(0x794c7630);
  });

  test('a tmpfs with a size is full beyond it, and the view is not', () => {
    const union = UnionFs.over([]);
    union.mount('/tmp', tmpfs({ size: 4 }), { create: true });
    union.fs.writeFileSync('/tmp/f', '1234');
    expect(() => union.fs.appendFileSync('/tmp/f', '5')).toThrow(expect.objectContaining({ code: 'ENOSPC' }));
    expect(union.fs.readFileSync('/tmp/f', 'utf8')).toBe('1234');
    union.fs.writeFileSync('/f', '12345');
  });
});

test('a view without mounts has the plain calls, and has them again when the last mount is gone', () => {
  const below = union('/data/');
  const { kernel } = below;
  const plain = kernel.device;
  below.mount('/data', tmpfs());
  expect(kernel.device).toBeUndefined();
  below.unmount('/data');
  expect([plain, kernel.device]).toEqual([0x5354, 0x5354]);
});
