import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeHeader, writeTar } from '../../src/tar/writer.js';
import { anyMember, file, header, readTar, skeletonOf, tarOf } from './entries.js';

const BODY = Uint8Array.from({ length: 1000 }, (_, i) => i);

describe('writing and reading', () => {
  it('gives back every member, however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(anyMember, { maxLength: 5 }), fc.integer({ min: 1, max: 2000 }), (members, step) => {
        const read = readTar(tarOf(...members), step);
        expect(read.map(({ entry }) => withoutPlace(entry))).toEqual(members.map((member) => member.header));
        expect(read.map(({ body }) => [...body])).toEqual(
          members.map(({ body }) => [...(body ?? [])].flatMap((b) => [...b])),
        );
      }),
      { numRuns: 200 },
    );
  });

  it('reads the same members from a skeleton', () => {
    fc.assert(
      fc.property(fc.array(anyMember, { maxLength: 5 }), fc.integer({ min: 1, max: 2000 }), (members, step) => {
        const tar = tarOf(...members);
        const entries = readTar(skeletonOf(tar), step, { skeleton: true }).map(({ entry }) => entry);
        expect(entries).toEqual(readTar(tar).map(({ entry }) => entry));
      }),
    );
  });

  it('gives the same bytes for the same members', () => {
    fc.assert(
      fc.property(fc.array(anyMember), (members) => {
        expect(Buffer.compare(tarOf(...members), tarOf(...members))).toBe(0);
      }),
      { numRuns: 30 },
    );
  });

  it('says where each body starts', () => {
    const tar = tarOf(file('a', BODY), file('b', BODY));
    for (const { entry } of readTar(tar)) {
      expect(tar.subarray(entry.bodyOffset, entry.bodyOffset + entry.size)).toEqual(BODY);
    }
  });
});

describe('the writer', () => {
  it.each([
    ['a short name', { path: 'a/b' }],
    ['a name that splits at a slash', { path: `${'a'.repeat(120)}/${'b'.repeat(100)}` }],
    ['the largest octal owner', { uid: 0o7777777, gid: 0o7777777 }],
    ['the largest octal time', { mtimeSec: 0o77777777777 }],
    ['a short name that is no UTF-8', { path: '\udcff' }],
  ])('needs no extended header for %s', (_, fields) => {
    expect(encodeHeader(header(fields))).toHaveLength(512);
  });

  it.each([
    ['a long name', { path: 'a'.repeat(101) }],
    ['a name beyond ASCII', { path: 'é' }],
    ['a large owner', { uid: 0o10000000 }],
    ['a fraction of a second', { mtimeNsec: 1 }],
    ['a time before 1970', { mtimeSec: -1 }],
    ['a size of 8 GiB', { size: 8 * 1024 ** 3 }],
    ['an extended attribute', { xattrs: new Map([['user.a', BODY]]) }],
  ])('uses an extended header for %s', (_, fields) => {
    const bytes = encodeHeader(header(fields));
    expect(bytes.length).toBeGreaterThan(512);
    expect(String.fromCharCode(bytes[156] as number)).toBe('x');
  });

  it('passes a large body by reference', () => {
    const body = new Uint8Array(100_000);
    expect([...writeTar([file('a', body)])]).toContain(body);
  });

  it.each([
    ['longer', 1001],
    ['shorter', 999],
  ])('refuses a body that is %s than its header says', (_, size) => {
    expect(() => tarOf({ header: header({ size }), body: [BODY] })).toThrow(RangeError);
  });

  it('refuses an attribute name that PAX cannot hold', () => {
    expect(() => tarOf({ header: header({ xattrs: new Map([['user.a=b', BODY]]) }) })).toThrow(RangeError);
  });
});

function withoutPlace(entry: object): object {
  const { sparse: _sparse, headerOffset: _header, bodyOffset: _body, ...rest } = entry as Record<string, unknown>;
  return rest;
}
