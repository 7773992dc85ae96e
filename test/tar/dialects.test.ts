import { describe, expect, it } from 'vitest';
import { joinBytes, utf8 } from '../../src/base/bytes.js';
import { block, describing, GNU, octal, padded, pax, stream } from './blocks.js';
import { type ReadMember, readTar } from './entries.js';

function only(...parts: Uint8Array[]): ReadMember['entry'] {
  const [first] = readTar(stream(...parts), 100);
  if (first === undefined) throw new Error('no member');
  return first.entry;
}

describe('header dialects', () => {
  it('joins the ustar prefix and name', () => expect(only(block({ prefix: 'a/b', name: 'c' })).path).toBe('a/b/c'));

  it('takes no prefix from a GNU header', () =>
    expect(only(block({ magic: GNU, prefix: '12345', name: 'c' })).path).toBe('c'));

  it('reads v7, whose directories only have a slash', () => {
    const entry = only(block({ magic: '', flag: '\0', name: 'dir/' }));
    expect([entry.path, entry.type]).toEqual(['dir', 'directory']);
  });

  it('reads a shorter prefix in star headers', () =>
    expect(only(block({ prefix: 'a'.repeat(131), at: { 476: '00000000000 ', 508: 'tar\0' }, name: 'c' })).path).toBe(
      `${'a'.repeat(131)}/c`,
    ));

  it('reads a contiguous file as a file', () => expect(only(block({ flag: '7' })).type).toBe('file'));

  it('reads numbers with spaces around them', () => {
    expect(only(block({ uid: '   12 \0' })).uid).toBe(10);
    expect(only(block({ uid: '        ' })).uid).toBe(0);
  });

  it('reads base-256 numbers', () => {
    expect(only(block({ uid: Uint8Array.of(0x80, 0, 0, 0, 0xff, 0xff, 0xff, 0xff) })).uid).toBe(0xffffffff);
    const negative = new Uint8Array(12).fill(0xff);
    negative[11] = 0x80;
    expect(only(block({ mtime: negative })).mtimeSec).toBe(-128);
  });

  it('ignores the size of what has no body', () => {
    const members = readTar(stream(block({ flag: '5', name: 'd/', size: octal(512) }), block({ name: 'f' })));
    expect(members.map(({ entry }) => [entry.path, entry.size])).toEqual([
      ['d', 0],
      ['f', 0],
    ]);
  });

  it('accepts a checksum over signed bytes', () => {
    const bytes = block({ name: '\u00ff' });
    const signed = bytes.reduce((sum, byte, i) => sum + (i >= 148 && i < 156 ? 0x20 : (byte << 24) >> 24), 0);
    expect(only(block({ name: '\u00ff', checksum: signed })).path).toBe('\u00ff');
  });
});

describe('long names', () => {
  const long = 'n'.repeat(300);

  it('reads GNU L and K', () => {
    const entry = only(
      describing('L', `${long}\0`, GNU),
      describing('K', `${long}x\0`, GNU),
      block({ flag: '2', magic: GNU }),
    );
    expect([entry.path, entry.linkname]).toEqual([long, `${long}x`]);
  });

  it('reads PAX path and linkpath', () => {
    const entry = only(describing('x', pax(['path', long], ['linkpath', 'é'])), block({ flag: '2' }));
    expect([entry.path, entry.linkname]).toEqual([long, 'é']);
  });

  it('counts the headers before a member as its own', () => {
    expect(only(describing('L', `${long}\0`, GNU), block({})).headerOffset).toBe(0);
  });
});

describe('PAX records', () => {
  it('give size, owner and time', () => {
    const body = padded(utf8('hello'));
    const records = pax(['size', '5'], ['uid', '3000000'], ['gid', '4'], ['mtime', '-1.25']);
    const [member] = readTar(stream(describing('x', records), block({}), body), 77);
    expect(member?.body).toEqual(utf8('hello'));
    expect(member?.entry).toMatchObject({ uid: 3_000_000, gid: 4, mtimeSec: -2, mtimeNsec: 750_000_000 });
  });

  it('give extended attributes, binary and empty ones too', () => {
    const entry = only(
      describing('x', pax(['SCHILY.xattr.user.a', 'x\0=\ny'], ['SCHILY.xattr.user.b', ''])),
      block({}),
    );
    expect(entry.xattrs).toEqual(
      new Map([
        ['user.a', utf8('x\0=\ny')],
        ['user.b', new Uint8Array(0)],
      ]),
    );
  });

  it('of a global header hold for every member until a local one says otherwise', () => {
    const members = readTar(
      stream(
        describing('g', pax(['uid', '7'])),
        block({ name: 'a' }),
        describing('x', pax(['uid', '8'])),
        block({ name: 'b' }),
        describing('x', pax(['uid', ''])),
        block({ name: 'c' }),
        block({ name: 'd' }),
      ),
    );
    expect(members.map(({ entry }) => entry.uid)).toEqual([7, 8, 0, 7]);
  });
});

describe('sparse files', () => {
  const data = utf8('abcdefgh');
  const map = [
    { offset: 10, size: 5 },
    { offset: 1000, size: 3 },
  ];
  const region = (offset: number, size: number) => `${octal(offset)}${octal(size)}`;

  it('of old GNU headers', () => {
    const at = { 386: region(10, 5) + region(1000, 3), 483: octal(2000) };
    const bytes = stream(block({ flag: 'S', magic: GNU, size: octal(8), at }), padded(data));
    const [member] = readTar(bytes, 99);
    expect(member?.entry.sparse).toEqual({ size: 2000, regions: map });
    expect(member?.body).toEqual(data);
  });

  it('of old GNU headers with extension blocks', () => {
    const extension = new Uint8Array(512);
    extension.set(utf8(region(10, 5) + region(1000, 3)));
    const at = { 386: region(0, 0), 482: '\x01', 483: octal(2000) };
    const head = block({ flag: 'S', magic: GNU, size: octal(8), at });
    expect(only(head, extension, padded(data)).sparse?.size).toBe(2000);
  });

  it('of PAX format 0.0', () => {
    const records = pax(
      ['GNU.sparse.size', '2000'],
      ['GNU.sparse.offset', '10'],
      ['GNU.sparse.numbytes', '5'],
      ['GNU.sparse.offset', '1000'],
      ['GNU.sparse.numbytes', '3'],
    );
    expect(only(describing('x', records), block({ size: octal(8) }), padded(data)).sparse).toEqual({
      size: 2000,
      regions: map,
    });
  });

  it('of PAX format 0.1', () => {
    const records = pax(['GNU.sparse.size', '2000'], ['GNU.sparse.map', '10,5,1000,3'], ['GNU.sparse.name', 'real']);
    const entry = only(describing('x', records), block({ size: octal(8) }), padded(data));
    expect([entry.path, entry.sparse]).toEqual(['real', { size: 2000, regions: map }]);
  });

  it('of PAX format 1.0, whose map leads the body', () => {
    const records = pax(['GNU.sparse.major', '1'], ['GNU.sparse.minor', '0'], ['GNU.sparse.realsize', '2000']);
    const body = joinBytes([padded(utf8('2\n10\n5\n1000\n3\n')), data]);
    const bytes = stream(describing('x', records), block({ size: octal(body.length) }), padded(body));
    const [member] = readTar(bytes, 99);
    expect(member?.entry).toMatchObject({ size: 8, sparse: { size: 2000, regions: map } });
    expect(member?.body).toEqual(data);
  });

  it.each([
    ['overlap', '0,5,4,4'],
    ['leave the file', '1999,8'],
    ['do not fill the body', '0,5'],
    ['are no numbers', '0,x'],
    ['are odd', '0,5,3'],
  ])('are refused when the regions %s', (_, regions) => {
    const records = pax(['GNU.sparse.size', '2000'], ['GNU.sparse.map', regions]);
    expect(() => only(describing('x', records), block({ size: octal(8) }), padded(data))).toThrow(/TAR_INVALID|sparse/);
  });
});
