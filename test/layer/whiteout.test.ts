import { describe, expect, it } from 'vitest';
import { parseWhiteout, whiteoutPath } from '../../src/layer/whiteout.js';

describe('whiteout names', () => {
  it.each([
    ['/.wh.a', { kind: 'whiteout', path: '/a' }],
    ['/d/.wh.a', { kind: 'whiteout', path: '/d/a' }],
    ['/d/.wh..hidden', { kind: 'whiteout', path: '/d/.hidden' }],
    ['/.wh..wh..opq', { kind: 'opaque', path: '/' }],
    ['/d/.wh..wh..opq', { kind: 'opaque', path: '/d' }],
    ['/.wh..wh.plnk', 'metadata'],
    ['/.wh..wh.plnk/12.34', 'metadata'],
    ['/d/.wh', undefined],
  ])('%s', (path, expected) => expect(parseWhiteout(path)).toEqual(expected));

  it.each(['/.wh.a', '/d/.wh.a', '/.wh..wh..opq', '/d/.wh..wh..opq'])('%s is written as it is read', (path) => {
    const change = parseWhiteout(path);
    if (change === undefined || change === 'metadata') throw new Error('no deletion');
    expect(whiteoutPath(change)).toBe(path);
  });
});
