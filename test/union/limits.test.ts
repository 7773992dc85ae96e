import { describe, expect, test } from 'vitest';
import { UnionFs } from '../../src/index.js';

const failing = (code: string): unknown => expect.objectContaining({ code });

describe('a limit of bytes', () => {
  test('refuses the write that would exceed it, and leaves the file as it was', () => {
    const { fs } = UnionFs.over([], { limits: { bytes: 10 } });
    fs.writeFileSync('/f', '12345678');
    expect(() => fs.appendFileSync('/f', '9ab')).toThrow(failing('ENOSPC'));
    expect(fs.readFileSync('/f', 'utf8')).toBe('12345678');
    fs.appendFileSync('/f', '9a');
    expect(fs.statSync('/f').size).toBe(10);
  });

  test('counts an overwritten byte once', () => {
    const { fs } = UnionFs.over([], { limits: { bytes: 10 } });
    fs.writeFileSync('/f', '1234567890');
    const fd = fs.openSync('/f', 'r+');
    fs.writeSync(fd, 'abc', 2);
    expect(() => fs.writeSync(fd, 'abc', 8)).toThrow(failing('ENOSPC'));
    fs.closeSync(fd);
    expect(fs.readFileSync('/f', 'utf8')).toBe('12abc67890');
  });

  test('is given back by truncation, by unlink and by rm', () => {
    const { fs } = UnionFs.over([], { limits: { bytes: 10 } });
    fs.mkdirSync('/d');
    fs.writeFileSync('/d/f', '1234567890');
    fs.truncateSync('/d/f', 4);
    fs.writeFileSync('/g', '123456');
    fs.unlinkSync('/g');
    fs.writeFileSync('/g', '123456');
    fs.rmSync('/d', { recursive: true });
    fs.writeFileSync('/h', '1234');
    expect(() => fs.writeFileSync('/i', 'x')).toThrow(failing('ENOSPC'));
  });

  test('an unlinked file counts until it is closed', () => {
    const { fs } = UnionFs.over([], { limits: { bytes: 10 } });
    const fd = fs.openSync('/f', 'w');
    fs.writeSync(fd, '1234567890');
    fs.unlinkSync('/f');
    expect(() => fs.writeFileSync('/g', 'x')).toThrow(failing('ENOSPC'));
    fs.closeSync(fd);
    fs.writeFileSync('/g', 'x');
  });

  test('what lies below and holes do not count', async () => {
    const base = UnionFs.over([]);
    base.fs.writeFileSync('/big', 'x'.repeat(1000));
    const { fs } = UnionFs.over([await base.toLayer()], { limits: { bytes: 10 } });
    fs.appendFileSync('/big', '12345');
    fs.truncateSync('/big', 5000);
    fs.writeFileSync('/f', '12345');
    expect(() => fs.appendFileSync('/f', 'x')).toThrow(failing('ENOSPC'));
  });

  test('a fork counts for itself, and a rollback goes back with the count', () => {
    const union = UnionFs.over([], { limits: { bytes: 10 } });
    union.fs.writeFileSync('/f', '12345');
    const snapshot = union.snapshot();
    const fork = union.fork();
    union.fs.writeFileSync('/g', '12345');
    fork.fs.writeFileSync('/h', '12345');
    expect(() => fork.fs.writeFileSync('/i', 'x')).toThrow(failing('ENOSPC'));
    union.rollback(snapshot);
    union.fs.writeFileSync('/g', '12345');
  });

  test('can be a quota', () => {
    const { fs } = UnionFs.over([], { limits: { bytes: 1, error: 'EDQUOT' } });
    expect(() => fs.writeFileSync('/f', '12')).toThrow('EDQUOT: disk quota exceeded, write');
  });
});

describe('a limit of inodes', () => {
  test('counts what a rollback left open until it is closed, and then no more', () => {
    const union = UnionFs.over([], { limits: { inodes: 2, bytes: 10 } });
    const { fs } = union;
    const snapshot = union.snapshot();
    fs.writeFileSync('/f', '12345');
    const fd = fs.openSync('/f', 'r');
    union.rollback(snapshot);
    fs.writeFileSync('/g', '12345');
    expect(() => fs.writeFileSync('/h', 'x')).toThrow(failing('ENOSPC'));
    fs.closeSync(fd);
    fs.writeFileSync('/h', '12345');
    expect(() => fs.appendFileSync('/h', 'x')).toThrow(failing('ENOSPC'));
    expect(() => fs.mkdirSync('/d')).toThrow(failing('ENOSPC'));
  });

  test('refuses to make one more of any kind', () => {
    const { fs } = UnionFs.over([], { limits: { inodes: 1 } });
    fs.writeFileSync('/f', '');
    expect(() => fs.writeFileSync('/g', '')).toThrow("ENOSPC: no space left on device, open '/g'");
    expect(() => fs.mkdirSync('/d')).toThrow("ENOSPC: no space left on device, mkdir '/d'");
    expect(() => fs.symlinkSync('f', '/s')).toThrow("ENOSPC: no space left on device, symlink 'f' -> '/s'");
    expect(fs.readdirSync('/')).toEqual(['f']);
    fs.linkSync('/f', '/g');
    fs.unlinkSync('/f');
    fs.unlinkSync('/g');
    fs.mkdirSync('/d');
  });
});

describe('a limit of open files', () => {
  test('is EMFILE for whatever needs a descriptor', () => {
    const { fs } = UnionFs.over([], { limits: { openFiles: 2 } });
    fs.writeFileSync('/f', 'x');
    const [first] = [fs.openSync('/f', 'r'), fs.openSync('/f', 'r')];
    expect(() => fs.openSync('/f', 'r')).toThrow("EMFILE: too many open files, open '/f'");
    expect(() => fs.readFileSync('/f')).toThrow(failing('EMFILE'));
    expect(() => fs.writeFileSync('/f', 'y')).toThrow(failing('EMFILE'));
    expect(fs.statSync('/f').size).toBe(1);
    fs.closeSync(first as number);
    expect(fs.readFileSync('/f', 'utf8')).toBe('x');
  });
});
