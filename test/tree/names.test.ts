import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareNames, encodeName } from '../../src/base/bytes.js';
import { isNameTooLong, sortNames } from '../../src/tree/names.js';

function byBytes(names: readonly string[]): string[] {
  return [...names].sort((a, b) => Buffer.compare(encodeName(a), encodeName(b)));
}

describe('the order of names', () => {
  test('is that of their bytes, however many there are and whatever they share', () => {
    const name = fc.oneof(
      fc.string({ minLength: 1, maxLength: 9 }),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 6 }),
      fc.integer({ min: 0, max: 300 }).map((n) => `entry-${n}`),
    );
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 200 }), fc.constantFrom('', 'lib', 'ü'), (names, prefix) => {
        const all = names.map((each) => prefix + each).filter((each) => each.isWellFormed());
        expect(sortNames([...all])).toEqual(byBytes(all));
      }),
    );
  });

  test('puts a name before those that it begins', () => {
    const names = Array.from({ length: 100 }, (_, i) => 'a'.repeat(100 - i));
    expect(sortNames([...names])).toEqual([...names].reverse());
  });

  test('of two names agrees with comparing them', () => {
    expect(['\u{1f600}', '\uffff', 'z', 'ü'].sort(compareNames)).toEqual(['z', 'ü', '\uffff', '\u{1f600}']);
  });
});

test('a name is too long by its bytes, not by its characters', () => {
  expect([isNameTooLong('n'.repeat(255)), isNameTooLong('n'.repeat(256)), isNameTooLong('ü'.repeat(128))]).toEqual([
    false,
    true,
    true,
  ]);
});
