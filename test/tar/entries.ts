/** Members for tests: one with everything at its default, and arbitrary ones. */

import fc from 'fast-check';
import { decodeName, joinBytes } from '../../src/base/bytes.js';
import type { TarEntry, TarHeader } from '../../src/tar/entry.js';
import { TarReader, type TarReaderOptions } from '../../src/tar/reader.js';
import { type TarMember, writeTar } from '../../src/tar/writer.js';

/** A header with some fields given. */
export function header(fields: Partial<TarHeader>): TarHeader {
  return {
    path: 'file',
    type: 'file',
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: 0,
    mtimeSec: 0,
    mtimeNsec: 0,
    linkname: '',
    devMajor: 0,
    devMinor: 0,
    xattrs: undefined,
    ...fields,
  };
}

/** A member with a body. */
export function file(path: string, body: Uint8Array, fields: Partial<TarHeader> = {}): TarMember {
  return { header: header({ path, size: body.length, ...fields }), body: [body] };
}

/** The bytes of a whole stream. */
export function tarOf(...members: TarMember[]): Uint8Array {
  return joinBytes([...writeTar(members)]);
}

export interface ReadMember {
  readonly entry: TarEntry;
  readonly body: Uint8Array;
}

/** Reads a whole stream fed in pieces of `step` bytes. */
export function readTar(tar: Uint8Array, step: number = tar.length, options: TarReaderOptions = {}): ReadMember[] {
  const found: { entry: TarEntry; pieces: Uint8Array[] }[] = [];
  const reader = new TarReader(
    {
      entry: (entry) => found.push({ entry, pieces: [] }),
      body: (bytes) => found.at(-1)?.pieces.push(bytes),
    },
    options,
  );
  for (let at = 0; at < tar.length; at += step) reader.push(tar.subarray(at, at + step));
  reader.end();
  return found.map(({ entry, pieces }) => ({
    entry,
    body: pieces.length === 0 ? new Uint8Array(0) : joinBytes(pieces),
  }));
}

/** The header blocks of a stream alone. */
export function skeletonOf(tar: Uint8Array): Uint8Array {
  const pieces: Uint8Array[] = [];
  const reader = new TarReader({ entry: () => undefined, header: (bytes) => pieces.push(bytes) });
  reader.push(tar);
  reader.end();
  return joinBytes(pieces);
}

const nameBytes = fc
  .uint8Array({ minLength: 1, maxLength: 180 })
  .map((bytes) => bytes.map((byte) => (byte === 0 ? 1 : byte)));
const name = fc.oneof(
  fc.stringMatching(/^[a-z]{1,60}(\/[a-z]{1,60}){0,6}$/),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 120 }).filter((text) => !text.includes('\0')),
  nameBytes.map(decodeName),
);
const attributes = fc.record({
  mode: fc.nat(0o7777),
  uid: fc.nat(0xffffffff),
  gid: fc.nat(0xffffffff),
  mtimeSec: fc.integer({ min: -(2 ** 36), max: 2 ** 36 }),
  mtimeNsec: fc.nat(999_999_999),
  xattrs: fc.option(
    fc
      .array(fc.tuple(fc.stringMatching(/^user\.[a-z.]{1,20}$/), fc.uint8Array()), { minLength: 1, maxLength: 3 })
      .map((pairs) => new Map(pairs)),
    { nil: undefined },
  ),
});

/** Any member that tar can say. */
export const anyMember: fc.Arbitrary<TarMember> = fc
  .tuple(name, name, attributes, fc.uint8Array({ maxLength: 3000 }), fc.nat(0xfff), fc.nat(0xfffff))
  .chain(([path, linkname, rest, body, devMajor, devMinor]) =>
    fc.constantFrom<TarMember>(
      file(withoutSlash(path), body, rest),
      { header: header({ path: withoutSlash(path), ...rest, type: 'directory' }) },
      { header: header({ path, linkname, ...rest, type: 'symlink' }) },
      { header: header({ path, linkname, ...rest, type: 'link' }) },
      { header: header({ path, ...rest, type: 'character', devMajor, devMinor }) },
      { header: header({ path, ...rest, type: 'block', devMajor, devMinor }) },
      { header: header({ path, ...rest, type: 'fifo' }) },
    ),
  );

function withoutSlash(path: string): string {
  return path.replace(/\/+$/, '') || 'x';
}
