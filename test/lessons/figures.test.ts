import { expect, test } from 'vitest';
import { countText, sizeText } from '../../src/lessons/figures.js';

test.each([
  [0, 'no bytes'],
  [1, '1 byte'],
  [999, '999 bytes'],
  [1000, '1 kB'],
  [20_380, '20.4 kB'],
  [999_499, '999 kB'],
  [999_600, '1 MB'],
  [1_009_000, '1.01 MB'],
  [2_500_000_000, '2.5 GB'],
])('%i bytes are %s', (bytes, text) => {
  expect(sizeText(bytes)).toBe(text);
});

test('nothing is counted in words', () => {
  expect([0, 1, 2].map((count) => countText(count, 'layer'))).toEqual(['no layers', '1 layer', '2 layers']);
});
