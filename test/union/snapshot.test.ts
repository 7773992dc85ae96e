import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Layer, UnionFs } from '../../src/index.js';
import { answerOf, fewCalls, LOWER } from './differential/few-calls.js';
import { listed } from './differential/listing.js';

const PLACE = '/p/p/p/p';
const EXACTLY = { exactTimes: true };
const sequences = fc.array(fewCalls, { minLength: 1, maxLength: 30 });

async function lowerLayer(): Promise<Layer> {
  const union = UnionFs.over([]);
  union.fs.mkdirSync(PLACE, { recursive: true });
  for (const each of LOWER) answerOf(union.fs, PLACE, each);
  return union.toLayer();
}

describe('snapshots', () => {
  test('a rollback shows what the snapshot saw, and can be done again', async () => {
    const layer = await lowerLayer();
    fc.assert(
      fc.property(sequences, sequences, sequences, (before, between, after) => {
        const union = UnionFs.over([layer]);
        const { fs } = union;
        for (const each of before) answerOf(fs, PLACE, each);
        const [tree, changes] = [listed(fs, '', EXACTLY), union.changes()];
        const snapshot = union.snapshot();
        for (const writes of [between, after]) {
          for (const each of writes) answerOf(fs, PLACE, each);
          union.rollback(snapshot);
          expect(listed(fs, '', EXACTLY)).toEqual(tree);
          expect(union.changes()).toEqual(changes);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('going back and doing the same again comes to the same', async () => {
    const layer = await lowerLayer();
    fc.assert(
      fc.property(sequences, sequences, (before, writes) => {
        const union = UnionFs.over([layer]);
        const { fs } = union;
        for (const each of before) answerOf(fs, PLACE, each);
        const snapshot = union.snapshot();
        const answers = writes.map((each) => answerOf(fs, PLACE, each));
        const tree = listed(fs, '');
        union.rollback(snapshot);
        expect(writes.map((each) => answerOf(fs, PLACE, each))).toEqual(answers);
        expect(listed(fs, '')).toEqual(tree);
      }),
      { numRuns: 150 },
    );
  });

  test('a snapshot is of one view: a fork cannot go back to it', () => {
    const union = UnionFs.over([]);
    const snapshot = union.snapshot();
    expect(() => union.fork().rollback(snapshot)).toThrow(expect.objectContaining({ code: 'EINVAL' }));
  });

  test('newer snapshots stay good after a rollback to an older one', () => {
    const union = UnionFs.over([]);
    const first = union.snapshot();
    union.fs.writeFileSync('/f', 'one');
    const second = union.snapshot();
    union.fs.writeFileSync('/f', 'two');
    union.rollback(first);
    expect(union.fs.existsSync('/f')).toBe(false);
    union.rollback(second);
    expect(union.fs.readFileSync('/f', 'utf8')).toBe('one');
  });

  test('a fork made before a rollback keeps what it has', () => {
    const union = UnionFs.over([]);
    const snapshot = union.snapshot();
    union.fs.writeFileSync('/f', 'one');
    const fork = union.fork();
    union.rollback(snapshot);
    expect(fork.fs.readFileSync('/f', 'utf8')).toBe('one');
  });
});

describe('an open file at a rollback', () => {
  async function opened(): Promise<{ union: UnionFs; fd: number }> {
    const base = UnionFs.over([]);
    base.fs.writeFileSync('/lower', 'as it was');
    const union = UnionFs.over([await base.toLayer()]);
    const snapshot = union.snapshot();
    const fd = union.fs.openSync('/lower', 'r+');
    union.fs.writeSync(fd, 'AS');
    union.rollback(snapshot);
    return { union, fd };
  }

  test('keeps what it holds, as a file without a name', async () => {
    const { union, fd } = await opened();
    expect(union.fs.readFileSync('/lower', 'utf8')).toBe('as it was');
    const bytes = Buffer.alloc(9);
    union.fs.readSync(fd, bytes, 0, 9, 0);
    expect(bytes.toString()).toBe('AS it was');
    expect(union.fs.fstatSync(fd).nlink).toBe(0);
  });

  test('may be written on, which nobody else sees', async () => {
    const { union, fd } = await opened();
    union.fs.writeSync(fd, 'more', 0);
    expect(union.fs.readFileSync('/lower', 'utf8')).toBe('as it was');
    expect(union.changes()).toEqual([]);
    union.fs.closeSync(fd);
    expect(union.changes()).toEqual([]);
  });
});
