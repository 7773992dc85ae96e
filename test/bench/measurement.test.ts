import { describe, expect, it } from 'vitest';
import { formatFigure, formatThroughput, median, ratioByRound, rowKey } from '../../bench/measurement.js';

describe('measurement', () => {
  it('takes the middle of an odd number of rounds', () => expect(median([9, 1, 4])).toBe(4));
  it('takes the mean of the two in the middle of an even number', () => expect(median([1, 2, 4, 100])).toBe(3));
  it('refuses a median of nothing', () => expect(() => median([])).toThrow(RangeError));
  it('compares round by round, so that a slow round spoils neither side', () => {
    expect(ratioByRound([10, 100, 10], [1, 10, 2])).toBe(10);
  });
  it.each([
    [0.4, 'ns', '0.4 ns'],
    [33.333, 'ns', '33.3 ns'],
    [2650, 'ns', '2.65 µs'],
    [1_860_000_000, 'ns', '1.86 s'],
    [12_000_000_000_000, 'ns', '12,000 s'],
    [226, 'bytes', '226 B'],
    [149_900_000, 'bytes', '150 MB'],
  ] as const)('writes %d %s as %s', (value, unit, text) => expect(formatFigure(value, unit)).toBe(text));
  it('writes the throughput of a row that goes through bytes', () => {
    const row = { bench: 'b', subject: 's', at: '', unit: 'ns', rounds: [1e9], bytes: 250e6 } as const;
    expect(formatThroughput(row)).toBe('250 MB/s');
  });
  it('names a row without what it was not varied over', () => {
    expect(rowKey({ bench: 'fork', subject: 'memfs', at: '' })).toBe('fork · memfs');
  });
});
