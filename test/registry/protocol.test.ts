import { describe, expect, test } from 'vitest';
import { formatChallenge, parseChallenges } from '../../src/registry/protocol/challenge.js';
import { formatErrorBody, parseErrorBody } from '../../src/registry/protocol/errors.js';
import { formatNextLink, parseNextLink } from '../../src/registry/protocol/link.js';
import {
  formatContentRange,
  formatReceived,
  parseContentRange,
  parseRange,
  parseUploadSpan,
} from '../../src/registry/protocol/ranges.js';

describe('a Range header', () => {
  test.each([
    ['bytes=500-1499', { start: 500, end: 1499 }],
    ['bytes=500-', { start: 500, end: 2047 }],
    ['bytes=-500', { start: 1548, end: 2047 }],
    ['bytes=2000-5000', { start: 2000, end: 2047 }],
    ['bytes=-5000', { start: 0, end: 2047 }],
    ['bytes=500-0', 'unsatisfiable'],
    ['bytes=5000-10000', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=0-1,5-6', undefined],
    ['lines=1-2', undefined],
    ['bytes=-', undefined],
    [undefined, undefined],
  ])('%s of 2,048 bytes', (header, span) => expect(parseRange(header, 2048)).toEqual(span));

  test('of nothing cannot be satisfied', () => expect(parseRange('bytes=0-', 0)).toBe('unsatisfiable'));
});

test('a Content-Range is read as it is written', () => {
  expect(parseContentRange(formatContentRange({ start: 5, end: 9 }, 10))).toEqual({ start: 5, end: 9, size: 10 });
  expect(parseContentRange('bytes 5-9/*')).toEqual({ start: 5, end: 9, size: undefined });
  expect(parseContentRange(formatContentRange(undefined, 10))).toBeUndefined();
  expect(parseContentRange('bytes 9-5/10')).toBeUndefined();
});

test('the range of an upload names no unit, and that of nothing is 0-0', () => {
  expect(formatReceived(0)).toBe('0-0');
  expect(parseUploadSpan(formatReceived(500))).toEqual({ start: 0, end: 499 });
  expect(parseUploadSpan('bytes=0-499')).toEqual({ start: 0, end: 499 });
  expect(parseUploadSpan('-5-499')).toBeUndefined();
});

describe('a Link header', () => {
  test.each([
    [formatNextLink('/v2/a/tags/list?n=1&last=x'), '/v2/a/tags/list?n=1&last=x'],
    ['</first>; rel="first", </2>; title="a, b"; rel="prev next"', '/2'],
    ['</x>; rel=next', '/x'],
    ['</x>; rel="nextish"', undefined],
    ['/x; rel="next"', undefined],
    [undefined, undefined],
  ])('%s', (header, next) => expect(parseNextLink(header)).toBe(next));
});

describe('a challenge', () => {
  test('of several schemes', () => {
    const header = 'Bearer realm="https://a/t?x=1,2",service="s \\"q\\"",scope="repository:a:pull,push", Basic realm=b';
    expect(parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)])).toEqual([
      ['bearer', { realm: 'https://a/t?x=1,2', service: 's "q"', scope: 'repository:a:pull,push' }],
      ['basic', { realm: 'b' }],
    ]);
  });

  test('is read as it is written', () => {
    const [challenge] = parseChallenges(formatChallenge('Bearer', { realm: 'a"\\b' }));
    expect(challenge?.parameters.get('realm')).toBe('a"\\b');
  });

  test.each(['', '"', '=,=', 'Basic realm="never ends'])('that is none: %s', (header) => {
    expect(parseChallenges(header).every(({ parameters }) => parameters.size === 0)).toBe(true);
  });

  test('of a megabyte is read in no time', () => {
    const start = performance.now();
    parseChallenges(`Bearer ${'a="b",'.repeat(200_000)}`);
    expect(performance.now() - start).toBeLessThan(500);
  });
});

describe('an error body', () => {
  test('is read as it is written', () => {
    const errors = [{ code: 'NAME_INVALID', message: 'no', detail: { a: 1 } }];
    expect(parseErrorBody(formatErrorBody(errors))).toEqual(errors);
  });

  test.each(['404 page not found', '{"errors":{}}', '[]', '{"errors":[1,{"code":2}]}'])('that is none: %s', (text) => {
    expect(parseErrorBody(Buffer.from(text))).toEqual([]);
  });
});
