/** Rules of Linux that random comparison found broken once; each is as small as it can be told. */

import { describe, expect, test } from 'vitest';
import { createFs, type Fs, UnionFs } from '../../src/index.js';
import type { Kernel } from '../../src/union/kernel.js';

const USER = { uid: 1000, gid: 1000, groups: [], umask: 0o022 };
const LONG_NAME = 'n'.repeat(256);
const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL, O_DIRECTORY } = UnionFs.over([]).fs.constants;

const VALUE = new TextEncoder().encode('value');

/** Directories `/d` and `/e`, a file `/f`, symlinks `/dangling` and `/link` (to `/f`). */
function furnished(): { fs: Fs; user: Fs } {
  const union = UnionFs.over([]);
  const { fs } = union;
  for (const path of ['/d', '/e']) fs.mkdirSync(path);
  fs.writeFileSync('/f', 'text');
  fs.symlinkSync('nowhere', '/dangling');
  fs.symlinkSync('f', '/link');
  return { fs, user: createFs(union.view.kernelAs(USER)) };
}

/** Sets times that no call gives by itself, so that a change shows. */
function aged(fs: Fs, path: string): void {
  fs.lutimesSync(path, 1, 1);
}

function codeOf(run: () => unknown): string {
  try {
    run();
    return 'done';
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}

function syscallOf(run: () => unknown): string {
  try {
    run();
    return 'done';
  } catch (error) {
    const { code, syscall, path } = error as NodeJS.ErrnoException;
    return `${code} ${syscall} ${path}`;
  }
}

describe('open', () => {
  test('refuses to create a directory before it looks at the path', () => {
    const { fs } = furnished();
    expect(codeOf(() => fs.openSync('/missing/x', O_RDONLY | O_CREAT | O_DIRECTORY))).toBe('EINVAL');
  });

  test('refuses to create what ends in a slash before it follows the symlink', () => {
    const { fs } = furnished();
    fs.symlinkSync('loop', '/loop');
    fs.symlinkSync('./slashed/', '/slashed');
    expect(codeOf(() => fs.openSync('/slashed', 'w'))).toBe('EISDIR');
    expect(codeOf(() => fs.openSync('/slashed', 'r'))).toBe('ELOOP');
    expect(codeOf(() => fs.openSync('/loop/', 'w'))).toBe('EISDIR');
    expect(codeOf(() => fs.openSync('/link/', 'w'))).toBe('EISDIR');
  });

  test('says that dots exist already when it must create', () => {
    const { fs } = furnished();
    expect(codeOf(() => fs.openSync('/d/../', O_WRONLY | O_CREAT | O_EXCL))).toBe('EEXIST');
    expect(codeOf(() => fs.openSync('/d/../', O_WRONLY | O_CREAT))).toBe('EISDIR');
  });

  test('asks for the right to read before it finds a directory', () => {
    const { fs, user } = furnished();
    fs.chmodSync('/d', 0o700);
    expect(codeOf(() => user.readFileSync('/d'))).toBe('EACCES');
  });
});

describe('paths', () => {
  test('a symlink whose target ends in a slash must lead to a directory', () => {
    const { fs } = furnished();
    fs.symlinkSync('f/', '/slashed');
    expect(codeOf(() => fs.statSync('/slashed'))).toBe('ENOTDIR');
    expect(codeOf(() => fs.openSync('/slashed', 'w'))).toBe('EISDIR');
  });

  test('4,096 bytes are too many, wherever they lead', () => {
    const { fs } = furnished();
    const path = (bytes: number): string => `/${'./'.repeat((bytes - 3) / 2)}/f`;
    expect(fs.statSync(path(4095)).size).toBe(4);
    expect(codeOf(() => fs.statSync(`${path(4095).slice(0, -1)}/f`))).toBe('ENAMETOOLONG');
    expect(codeOf(() => fs.lstatSync(`/${path(4095)}`))).toBe('ENAMETOOLONG');
    expect(codeOf(() => fs.mkdirSync(`/${path(4095)}`, { recursive: true }))).toBe('ENAMETOOLONG');
    expect(fs.realpathSync.native(`/${path(4095)}`)).toBe('/f');
  });

  test('mkdir, link and symlink take a dangling symlink with a slash for what it is', () => {
    const { fs } = furnished();
    expect(codeOf(() => fs.mkdirSync('/dangling/'))).toBe('EEXIST');
    expect(codeOf(() => fs.linkSync('/f', '/dangling/'))).toBe('EEXIST');
    expect(codeOf(() => fs.symlinkSync('f', '/dangling/'))).toBe('EEXIST');
  });
});

describe('rename', () => {
  test('misses the old name before the new one is too long', () => {
    const { fs } = furnished();
    expect(codeOf(() => fs.renameSync('/missing', `/d/${LONG_NAME}`))).toBe('ENOENT');
    expect(codeOf(() => fs.renameSync('/f', `/d/${LONG_NAME}`))).toBe('ENAMETOOLONG');
    expect(codeOf(() => fs.renameSync(LONG_NAME, '/missing/x'))).toBe('ENOENT');
  });

  test('needs the right to write to a directory that moves to another', () => {
    const { fs, user } = furnished();
    fs.mkdirSync('/d/inner');
    for (const path of ['/d', '/e']) fs.chmodSync(path, 0o777);
    expect(codeOf(() => user.renameSync('/d/inner', '/e/inner'))).toBe('EACCES');
    expect(codeOf(() => user.renameSync('/d/inner', '/d/other'))).toBe('done');
  });
});

describe('a committed layer', () => {
  test('keeps names together of which one was in a directory that moved', async () => {
    const lower = UnionFs.over([]);
    for (const path of ['/d', '/e']) lower.fs.mkdirSync(path);
    lower.fs.writeFileSync('/d/x', 'text');
    lower.fs.linkSync('/d/x', '/e/y');
    const below = await lower.toLayer();
    const union = UnionFs.over([below]);
    union.fs.renameSync('/d', '/n');
    const { fs } = UnionFs.over([below, await union.toLayer()]);
    expect([fs.statSync('/n/x').ino, fs.statSync('/n/x').nlink]).toEqual([fs.statSync('/e/y').ino, 2]);
  });
});

describe('rmdir, unlink and rm', () => {
  test('rmdir asks for the right to remove before it finds a file', () => {
    const { user } = furnished();
    expect(codeOf(() => user.rmdirSync('/f'))).toBe('EACCES');
  });

  test('unlink of dots finds a directory before it asks for a right', () => {
    const { user } = furnished();
    expect(codeOf(() => user.unlinkSync('/d/..'))).toBe('EISDIR');
    expect(codeOf(() => user.unlinkSync('/d/'))).toBe('EISDIR');
  });

  test('rm -r of a dot is EINVAL before any right is asked for, full or not', () => {
    const { fs, user } = furnished();
    expect(codeOf(() => user.rmSync('/d/.', { recursive: true }))).toBe('EINVAL');
    fs.writeFileSync('/d/inside', 'text');
    for (const each of [fs, user]) expect(codeOf(() => each.rmSync('/d/.', { recursive: true }))).toBe('EINVAL');
    expect(fs.readdirSync('/d')).toEqual(['inside']);
  });

  test('rm -r of a dot removes nothing', () => {
    const { fs } = furnished();
    fs.writeFileSync('/d/x', '');
    expect(codeOf(() => fs.rmSync('/d/.', { recursive: true }))).toBe('EINVAL');
    expect(fs.readdirSync('/d')).toEqual(['x']);
  });

  test('rm -r empties what only a sticky bit protects, which stays', () => {
    const { fs, user } = furnished();
    fs.mkdirSync('/d/inner');
    fs.writeFileSync('/d/inner/x', '');
    for (const [path, mode] of [
      ['/d', 0o1777],
      ['/d/inner', 0o777],
    ] as const)
      fs.chmodSync(path, mode);
    expect(syscallOf(() => user.rmSync('/d/inner', { recursive: true }))).toBe('EPERM rmdir /d/inner');
    expect(fs.readdirSync('/d/inner')).toEqual([]);
    fs.chmodSync('/d/inner', 0o700);
    expect(syscallOf(() => user.rmSync('/d/inner', { recursive: true }))).toBe('EACCES scandir /d/inner');
  });

  test('rm of a symlink that a sticky bit protects leaves alone what it leads to', () => {
    const { fs, user } = furnished();
    fs.writeFileSync('/e/kept', '');
    fs.symlinkSync('../e', '/d/link');
    fs.chmodSync('/d', 0o1777);
    fs.chmodSync('/e', 0o777);
    expect(syscallOf(() => user.rmSync('/d/link', { recursive: true }))).toBe('EPERM unlink /d/link');
    expect(fs.readdirSync('/e')).toEqual(['kept']);
  });

  test('rm -r removes nothing where the paths below are too long, whoever asks', () => {
    const { fs, user } = furnished();
    fs.chmodSync('/', 0o777);
    fs.writeFileSync('/d/x', '');
    fs.chmodSync('/d', 0o777);
    const path = `/${'./'.repeat(2046)}/d`;
    for (const each of [fs, user]) {
      expect(syscallOf(() => each.rmSync(path, { recursive: true }))).toBe(`ENAMETOOLONG unlink ${path}/x`);
    }
    expect(fs.readdirSync('/d')).toEqual(['x']);
  });

  test('rm -rf names unlink where it finds no path, since it does not look first; later it does', async () => {
    const { fs } = furnished();
    const forced = { recursive: true, force: true };
    expect(syscallOf(() => fs.rmSync('/f/x', forced))).toBe('ENOTDIR unlink /f/x');
    expect(syscallOf(() => fs.rmSync('/f/x', { force: true }))).toBe('ENOTDIR lstat /f/x');
    for (const path of ['/missing', '/dangling/']) expect(syscallOf(() => fs.rmSync(path, forced))).toBe('done');
    await expect(fs.promises.rm('/f/x', forced)).rejects.toMatchObject({ code: 'ENOTDIR', syscall: 'lstat' });
  });

  test('rm -r of somebody without rights names the step that failed', () => {
    const { fs, user } = furnished();
    fs.writeFileSync('/d/x', '');
    fs.chmodSync('/', 0o777);
    expect(syscallOf(() => user.rmSync('/d', { recursive: true }))).toBe('EACCES unlink /d/x');
    fs.chmodSync('/', 0o755);
    expect(syscallOf(() => user.rmSync('/d', { recursive: true }))).toBe('EACCES rmdir /d');
  });

  test('an open directory is seen changed when rm -r empties it', () => {
    const { fs } = furnished();
    fs.writeFileSync('/d/x', '');
    aged(fs, '/d');
    const fd = fs.openSync('/d', 'r');
    fs.rmSync('/d', { recursive: true });
    expect(fs.fstatSync(fd).mtimeMs).toBeGreaterThan(1000);
  });
});

describe('a recursive listing', () => {
  test('takes dots out of the text of a path before it goes on below', () => {
    const { fs } = furnished();
    fs.mkdirSync('/d/inner');
    fs.mkdirSync('/e/inner');
    fs.writeFileSync('/e/inner/x', '');
    fs.symlinkSync('../d/inner', '/e/link');
    expect(fs.readdirSync('/e/link/..', { recursive: true })).toEqual(['inner', 'inner/x']);
  });
});

describe('a listing that goes round', () => {
  test('ends where Linux follows no more symlinks', () => {
    const { fs } = furnished();
    fs.symlinkSync('.', '/d/round');
    const names = fs.readdirSync('/d', { recursive: true });
    expect([names.length, names.at(-1)]).toEqual([41, Array(41).fill('round').join('/')]);
  });
});

describe('realpath', () => {
  test('takes two dots for the name before them, and asks no right to search it, as the C library does', () => {
    const { fs, user } = furnished();
    fs.chmodSync('/d', 0o700);
    fs.symlinkSync('d/..', '/up');
    expect(user.realpathSync.native('/d/../e')).toBe('/e');
    expect(user.realpathSync.native('/up/f')).toBe('/f');
    expect(user.realpathSync.native('/d/.')).toBe('/d');
    expect(codeOf(() => user.realpathSync.native('/d/x'))).toBe('EACCES');
    expect(codeOf(() => user.realpathSync.native('/f/..'))).toBe('ENOTDIR');
    expect(codeOf(() => user.realpathSync.native('/missing/..'))).toBe('ENOENT');
    expect(codeOf(() => user.statSync('/d/../e'))).toBe('EACCES');
  });

  test('finds only what it has reached too long', () => {
    const { fs } = furnished();
    const deep = Array.from({ length: 20 }, () => 'n'.repeat(250));
    for (const name of ['.', 'd']) {
      expect(fs.realpathSync.native(`/${`${name}/../`.repeat(5000)}d/..`.replaceAll('./../', './'))).toBe('/');
    }
    expect(codeOf(() => fs.realpathSync.native(`/${deep.join('/')}`))).toBe('ENOENT');
  });
});

describe('write', () => {
  test('of nothing does not move a descriptor that appends', () => {
    const { fs } = furnished();
    const fd = fs.openSync('/f', 'a+');
    fs.writeSync(fd, '');
    expect(fs.readFileSync(fd, 'utf8')).toBe('text');
  });
});

describe('fdatasync', () => {
  test('names itself in its error', () => {
    const { fs } = furnished();
    expect(syscallOf(() => fs.fdatasyncSync(1000))).toBe('EBADF fdatasync undefined');
  });
});

describe('chmod', () => {
  test('gives setgid to nothing of a foreign group, directories included', () => {
    const { fs, user } = furnished();
    for (const path of ['/f', '/d']) {
      fs.chownSync(path, USER.uid, 3000);
      user.chmodSync(path, 0o2755);
    }
    expect(['/f', '/d'].map((path) => fs.statSync(path).mode & 0o7777)).toEqual([0o755, 0o755]);
  });
});

describe('chown', () => {
  test('that keeps both ids asks for no right', () => {
    const { user } = furnished();
    expect(codeOf(() => user.chownSync('/f', -1, -1))).toBe('done');
    expect(codeOf(() => user.chownSync('/f', -1, 0))).toBe('EPERM');
  });

  test('that takes setuid away asks whose file it is', () => {
    const { fs, user } = furnished();
    fs.chmodSync('/f', 0o4755);
    expect(codeOf(() => user.chownSync('/f', -1, -1))).toBe('EPERM');
    expect(fs.statSync('/f').mode & 0o7777).toBe(0o4755);
  });

  test('and writing take setgid from files of foreign groups, even where the group may not execute', () => {
    const { fs, user } = furnished();
    const modeAfter = (gid: number, change: () => void): number => {
      fs.chownSync('/f', USER.uid, gid);
      fs.chmodSync('/f', 0o2644);
      change();
      return fs.statSync('/f').mode & 0o7777;
    };
    const changes = [() => user.chownSync('/f', USER.uid, -1), () => user.appendFileSync('/f', 'x')];
    expect(changes.map((change) => modeAfter(3000, change))).toEqual([0o644, 0o644]);
    expect(changes.map((change) => modeAfter(USER.gid, change))).toEqual([0o2644, 0o2644]);
  });
});

describe('copies', () => {
  test('copyFile takes the target away when the copy fails', () => {
    const { fs, user } = furnished();
    fs.writeFileSync('/d/target', 'old');
    fs.chmodSync('/d/target', 0o666);
    fs.chmodSync('/d', 0o777);
    expect(codeOf(() => user.copyFileSync('/f', '/d/target'))).toBe('EPERM');
    expect(fs.readdirSync('/d')).toEqual([]);
  });

  test('copyFile tells why it failed, also where it cannot take the target away', () => {
    const { fs, user } = furnished();
    fs.writeFileSync('/target', 'old');
    fs.chownSync('/target', USER.uid, USER.gid);
    expect(codeOf(() => user.copyFileSync('/d', '/target'))).toBe('EISDIR');
    expect(fs.readFileSync('/target', 'utf8')).toBe('');
  });

  test('copyFile of a directory creates the target, and takes it away again', () => {
    const { fs } = furnished();
    aged(fs, '/e');
    expect(codeOf(() => fs.copyFileSync('/d', '/e/x'))).toBe('EISDIR');
    expect([fs.readdirSync('/e'), fs.statSync('/e').mtimeMs > 1000]).toEqual([[], true]);
    expect(codeOf(() => fs.copyFileSync('/d', ''))).toBe('ENOENT');
  });

  test('cp finds out what stands at the target before it finds itself inside of it', () => {
    const { fs } = furnished();
    fs.writeFileSync('/d/x', '');
    expect(codeOf(() => fs.cpSync('/d', '/d/x', { recursive: true }))).toBe('ERR_FS_CP_DIR_TO_NON_DIR');
    expect(syscallOf(() => fs.cpSync('/d', '/f/x', { recursive: true }))).toBe('ENOTDIR lstat /f/x');
  });

  test('cp names the step of Node that failed', () => {
    const { fs, user } = furnished();
    fs.chmodSync('/', 0o777);
    fs.chmodSync('/d', 0o700);
    const recursive = { recursive: true };
    expect(syscallOf(() => user.cpSync('/d', '/e', recursive))).toBe('EACCES opendir /d');
    expect(syscallOf(() => fs.cpSync('/f', '/dangling/x'))).toBe('ENOENT mkdir /dangling');
    expect(syscallOf(() => fs.cpSync('/f', '/dangling/./..//x'))).toBe('ENOENT mkdir /dangling/./../');
    fs.cpSync('/f', '/e/new//x');
    expect(fs.readdirSync('/e/new')).toEqual(['x']);
  });

  test('cp of a path with dots names what is below without them', () => {
    const { fs } = furnished();
    fs.mkdirSync('/e/x');
    fs.writeFileSync('/d/x', '');
    const copy = (): void => fs.cpSync('/e/../d', '/./e', { recursive: true });
    expect(syscallOf(copy)).toBe('ERR_FS_CP_NON_DIR_TO_DIR cp /e/x');
  });

  test('cp onto a symlink looks at the end of the old one, and later at that of the new one, as Node does', async () => {
    const { fs } = furnished();
    expect(syscallOf(() => fs.cpSync('/link', '/dangling'))).toBe('ENOENT stat /dangling');
    await expect(fs.promises.cp('/dangling', '/link')).rejects.toMatchObject({ code: 'ENOENT', path: '/dangling' });
    fs.symlinkSync('f', '/same');
    const toItself = expect.stringContaining('cannot copy /f to a subdirectory of self /f) /same');
    expect(() => fs.cpSync('/link', '/same')).toThrow(expect.objectContaining({ path: '/same', message: toItself }));
    await fs.promises.cp('/link', '/dangling');
    expect(fs.readlinkSync('/dangling')).toBe('/f');
  });

  test('cp does not copy a directory into itself by way of a symlink', () => {
    const { fs } = furnished();
    fs.symlinkSync('d', '/alias');
    expect(codeOf(() => fs.cpSync('/d', '/alias/x', { recursive: true }))).toBe('ERR_FS_CP_EINVAL');
  });
});

describe('extended attributes', () => {
  function kernels(): { root: Kernel; user: Kernel } {
    const { view, kernel } = UnionFs.over([]);
    kernel.mkdir('/d', 0o777);
    kernel.chmod('/d', 0o777);
    kernel.close(kernel.open('/f', O_WRONLY | O_CREAT, 0o644));
    return { root: kernel, user: view.kernelAs(USER) };
  }

  test('of users are set by whoever may write, and read by whoever may read', () => {
    const { root, user } = kernels();
    expect(codeOf(() => user.setxattr('/f', 'user.a', VALUE))).toBe('EACCES');
    root.chmod('/f', 0o602);
    expect(codeOf(() => user.setxattr('/f', 'user.a', VALUE))).toBe('done');
    expect(codeOf(() => user.getxattr('/f', 'user.a'))).toBe('EACCES');
  });

  test('of users are set on a sticky directory by its owner only', () => {
    const { root, user } = kernels();
    expect(codeOf(() => user.setxattr('/d', 'user.a', VALUE))).toBe('done');
    root.chmod('/d', 0o1777);
    expect(codeOf(() => user.setxattr('/d', 'user.a', VALUE))).toBe('EPERM');
  });

  test('of no known kind are not supported', () => {
    const { root } = kernels();
    expect(codeOf(() => root.getxattr('/f', 'other.a'))).toBe('EOPNOTSUPP');
    expect(codeOf(() => root.setxattr('/f', 'other.a', VALUE))).toBe('EOPNOTSUPP');
  });

  test('that are trusted are hidden from users', () => {
    const { root, user } = kernels();
    root.setxattr('/f', 'trusted.a', VALUE);
    expect(codeOf(() => user.getxattr('/f', 'trusted.a'))).toBe('ENODATA');
    expect(codeOf(() => user.setxattr('/f', 'trusted.a', VALUE))).toBe('EPERM');
  });
});
