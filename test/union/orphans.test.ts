import { describe, expect, test } from 'vitest';
import { UnionFs } from '../../src/index.js';
import { emptyTree } from '../../src/tree/edit.js';
import { ROOT } from '../../src/union/access.js';
import { ViewKernel } from '../../src/union/calls/kernel.js';
import { Descriptors, O_CREAT, O_RDWR } from '../../src/union/descriptors.js';
import { ViewState } from '../../src/union/state.js';

const failing = (code: string): unknown => expect.objectContaining({ code });

/** A kernel and the state below it. */
function kernelOver(state: ViewState): ViewKernel {
  return new ViewKernel({ state, who: ROOT, descriptors: new Descriptors(), directoriesStay: false });
}

describe('an inode that was taken away while it was open', () => {
  test('is in no fork, whose table names only what has a name', () => {
    const before = ViewState.over(emptyTree(), { now: () => ({ sec: 0, nsec: 0 }) });
    kernelOver(before).writeFile('/f', O_RDWR | O_CREAT, 0o644, Uint8Array.of(1));
    const state = before.fork();
    const kernel = kernelOver(state);
    const fd = kernel.open('/f', O_RDWR, 0);
    kernel.write(fd, Uint8Array.of(2), undefined);
    kernel.unlink('/f');
    expect([...state.fork().table.entries()].map(([ino]) => ino)).toEqual([state.root.ino]);
    kernel.write(fd, Uint8Array.of(3), undefined);
    expect([...state.fork().table.entries()].map(([ino]) => ino)).toEqual([state.root.ino]);
  });

  test('does not count for a fork, but for the view that holds it', () => {
    const union = UnionFs.over([], { limits: { bytes: 10 } });
    const fd = union.fs.openSync('/f', 'w');
    union.fs.writeSync(fd, '1234567890');
    union.fs.unlinkSync('/f');
    const fork = union.fork();
    fork.fs.writeFileSync('/g', '1234567890');
    expect(() => union.fs.writeFileSync('/g', 'x')).toThrow(failing('ENOSPC'));
  });

  test('goes on as it was after a fork and after a rollback', () => {
    const union = UnionFs.over([]);
    const fd = union.fs.openSync('/f', 'w+');
    union.fs.writeSync(fd, 'one');
    union.fs.unlinkSync('/f');
    union.fork();
    union.fs.writeSync(fd, ' two');
    const snapshot = union.snapshot();
    union.fs.writeSync(fd, ' three');
    union.rollback(snapshot);
    union.fs.writeSync(fd, ' four');
    expect(union.fs.fstatSync(fd).nlink).toBe(0);
    const bytes = new Uint8Array(18);
    union.fs.readSync(fd, bytes, 0, 18, 0);
    expect(new TextDecoder().decode(bytes)).toBe('one two three four');
  });

  test('is given back when it is closed, a directory too', () => {
    const union = UnionFs.over([], { limits: { inodes: 1 } });
    union.fs.mkdirSync('/d');
    const fd = union.fs.openSync('/d', 'r');
    union.fs.rmdirSync('/d');
    expect(() => union.fs.writeFileSync('/f', '')).toThrow(failing('ENOSPC'));
    union.fs.closeSync(fd);
    union.fs.writeFileSync('/f', '');
  });

  test('a directory keeps its attributes after a rollback to when it was gone', () => {
    const union = UnionFs.over([]);
    union.fs.mkdirSync('/d');
    const fd = union.fs.openSync('/d', 'r');
    union.fs.rmdirSync('/d');
    union.fs.fchmodSync(fd, 0o700);
    const snapshot = union.snapshot();
    union.fs.fchmodSync(fd, 0o750);
    union.rollback(snapshot);
    expect(union.fs.fstatSync(fd).mode & 0o777).toBe(0o750);
  });
});
