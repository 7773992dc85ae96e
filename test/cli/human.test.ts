import { describe, expect, test } from 'vitest';
import { ellipsis, goTime, humanAge, humanDuration, humanSize, percent, rfc3339 } from '../../src/cli/human.js';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('humanSize', () => {
  test.each([
    [0, '0B'],
    [1, '1B'],
    [999, '999B'],
    [1000, '1kB'],
    [1024, '1.02kB'],
    [7_800_000, '7.8MB'],
    [1_234_567, '1.23MB'],
    [116_300_000, '116MB'],
    [999_949, '1MB'],
    [2_500_000_000, '2.5GB'],
    [1.5e15, '1.5PB'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(humanSize(bytes)).toBe(text);
  });

  test('four digits are what system df prints', () => {
    expect(humanSize(1_234_567, 4)).toBe('1.235MB');
  });
});

describe('humanDuration', () => {
  test.each([
    [0.4, 'Less than a second'],
    [-5, 'Less than a second'],
    [1.9, '1 second'],
    [59, '59 seconds'],
    [MINUTE, 'About a minute'],
    [2 * MINUTE, '2 minutes'],
    [59 * MINUTE, '59 minutes'],
    [HOUR, 'About an hour'],
    [1.5 * HOUR, '2 hours'],
    [47 * HOUR, '47 hours'],
    [48 * HOUR, '2 days'],
    [13 * DAY, '13 days'],
    [14 * DAY, '2 weeks'],
    [59 * DAY, '8 weeks'],
    [60 * DAY, '2 months'],
    [729 * DAY, '24 months'],
    [730 * DAY, '2 years'],
  ])('%d seconds are "%s"', (seconds, text) => {
    expect(humanDuration(seconds)).toBe(text);
  });
});

test('an age that is not known is N/A', () => {
  const now = new Date('2026-01-15T12:00:00Z');
  expect(humanAge(undefined, now)).toBe('N/A');
  expect(humanAge('yesterday', now)).toBe('N/A');
  expect(humanAge('2026-01-01T12:00:00.123456789Z', now)).toBe('2 weeks ago');
  expect(goTime(undefined)).toBe('N/A');
  expect(rfc3339('')).toBe('N/A');
});

test('times are printed as Go prints them', () => {
  expect(goTime('2026-01-02T03:04:05.678Z')).toBe('2026-01-02 03:04:05 +0000 UTC');
  expect(rfc3339('2026-01-02T05:04:05.678+02:00')).toBe('2026-01-02T03:04:05Z');
});

test('an ellipsis counts as one character, whatever the text is made of', () => {
  expect(ellipsis('12345', 5)).toBe('12345');
  expect(ellipsis('123456', 5)).toBe('1234…');
  expect(ellipsis('🙂🙂🙂', 2)).toBe('🙂…');
});

test('a part of nothing is 0%', () => {
  expect(percent(0, 0)).toBe('0%');
  expect(percent(1, 3)).toBe('33%');
});
