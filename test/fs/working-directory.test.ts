import { expect, it } from 'vitest';
import { UnionFs } from '../../src/fs/union-fs.js';

/** A file system whose relative paths are taken from a directory that the test changes. */
function at(directory: string): { fs: UnionFs['fs']; go(directory: string): void } {
  let cwd = directory;
  const { fs } = UnionFs.over([], { cwd: () => cwd });
  fs.mkdirSync('/app/src', { recursive: true });
  fs.mkdirSync('/other');
  return {
    fs,
    go: (to) => {
      cwd = to;
    },
  };
}

it('takes relative paths from where the option says', () => {
  const { fs, go } = at('/app');
  fs.writeFileSync('src/a', 'x');
  fs.renameSync('src/a', './b');
  fs.linkSync('b', 'src/../c');
  expect(fs.readdirSync('/app')).toEqual(['b', 'c', 'src']);
  go('/other');
  expect(fs.existsSync('b')).toBe(false);
  expect(fs.readFileSync('../app/b', 'utf8')).toBe('x');
  expect(fs.readdirSync('.')).toEqual([]);
});

it('finds the absolute path of a relative one', () => {
  const { fs } = at('/app');
  expect(fs.realpathSync('src/../src')).toBe('/app/src');
  expect(fs.realpathSync.native('src')).toBe('/app/src');
  expect(fs.realpathSync('')).toBe('/app');
});

it('names paths in errors as they were given', () => {
  const { fs } = at('/app');
  expect(() => fs.statSync('missing')).toThrow("ENOENT: no such file or directory, stat 'missing'");
  expect(() => fs.renameSync('no', '/x')).toThrow("ENOENT: no such file or directory, rename 'no' -> '/x'");
  expect(() => fs.mkdirSync('src')).toThrow("EEXIST: file already exists, mkdir 'src'");
  expect(() => fs.statSync('')).toThrow("ENOENT: no such file or directory, stat ''");
});

it('writes the target of a symlink as it is', () => {
  const { fs } = at('/app');
  fs.symlinkSync('src', 'link');
  expect(fs.readlinkSync('/app/link')).toBe('src');
});

it('copies between relative paths, and not into itself', () => {
  const { fs } = at('/app');
  fs.writeFileSync('src/a', 'x');
  fs.cpSync('src', '../other/src', { recursive: true });
  expect(fs.readFileSync('/other/src/a', 'utf8')).toBe('x');
  expect(() => fs.cpSync('src', '/app/src/deep', { recursive: true })).toThrow(
    expect.objectContaining({ code: 'ERR_FS_CP_EINVAL' }),
  );
});

it('asks nothing of those who give absolute paths', () => {
  const { fs } = UnionFs.over([], {
    cwd: () => {
      throw new Error('asked');
    },
  });
  fs.writeFileSync('/f', 'x');
  expect(fs.readFileSync('/f', 'utf8')).toBe('x');
});
