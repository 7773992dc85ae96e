import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../src/base/bytes.js';
import { StratumError } from '../../src/base/error.js';
import type { TarLimits } from '../../src/tar/limits.js';
import { block, describing, END, GNU, octal, padded, pax, stream } from './blocks.js';
import { file, readTar, tarOf } from './entries.js';

function failure(bytes: Uint8Array, limits: Partial<TarLimits> = {}): StratumError {
  try {
    readTar(bytes, 333, { limits });
  } catch (error) {
    if (error instanceof StratumError) return error;
    throw error;
  }
  throw new Error('accepted');
}

describe('damaged streams', () => {
  const bytes = tarOf(file('etc/passwd', new Uint8Array(3000)));

  it.each([
    ['a header', 300],
    ['a body', 1000],
  ])('are refused when they stop inside %s', (_, end) => {
    expect(failure(bytes.subarray(0, end)).code).toBe('TAR_INVALID');
  });

  it('are refused when they stop between an extended header and its member', () => {
    expect(failure(describing('x', pax(['path', 'a']))).code).toBe('TAR_INVALID');
  });

  it('are refused when the end comes between an extended header and its member', () => {
    expect(failure(stream(describing('x', pax(['path', 'a'])))).code).toBe('TAR_INVALID');
  });

  it('name offset and entry of a wrong checksum', () => {
    const error = failure(stream(block({ name: 'a' }), block({ name: 'b', checksum: 1 })));
    expect([error.code, error.offset]).toEqual(['TAR_INVALID', 1024]);
  });

  it('are refused when a header follows a zero block', () => {
    expect(failure(stream(new Uint8Array(512), block({}))).code).toBe('TAR_INVALID');
  });

  it.each([
    ['nothing at all', new Uint8Array(0)],
    ['one zero block', new Uint8Array(512)],
    ['zeros behind the end', new Uint8Array(10_240)],
  ])('are no damage: %s', (_, tail) => expect(readTar(tail)).toEqual([]));

  it('are no damage when only the end is missing', () => {
    expect(readTar(bytes.subarray(0, bytes.length - END.length))).toHaveLength(1);
  });

  it('are no damage when something follows the end', () => {
    expect(readTar(stream(block({}), END, utf8('rubbish')))).toHaveLength(1);
  });

  it('never end in anything but a coded error', () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, value) => {
        const damaged = bytes.slice();
        damaged[at] = value;
        try {
          readTar(damaged, 100);
        } catch (error) {
          expect(error).toBeInstanceOf(StratumError);
        }
      }),
    );
  });
});

describe('numbers', () => {
  const huge = new Uint8Array(12).fill(0xff);
  huge[0] = 0xbf;
  it.each([
    ['a negative size', { size: new Uint8Array(12).fill(0xff) }],
    ['a size beyond what a double holds', { size: huge }],
    ['a size that is no number', { size: '0000000008x\0' }],
    ['a negative owner', { uid: new Uint8Array(8).fill(0xff) }],
  ])('are refused: %s', (_, fields) => {
    expect(failure(stream(block({ name: 'bad', ...fields }))).code).toBe('TAR_INVALID');
  });

  it.each([
    ['size', '-1'],
    ['size', '99999999999999999999'],
    ['uid', '4294967296'],
    ['mtime', 'yesterday'],
    ['path', 'a\0b'],
  ])('and names in PAX records are refused: %s=%s', (key, value) => {
    expect(failure(stream(describing('x', pax([key, value])), block({}))).code).toBe('TAR_INVALID');
  });
});

describe('PAX bodies', () => {
  it.each(['x', '5', '0 a=b\n', '99 a=b\n', '6 a=bc\n', '6 abcd\n', '4 =\n', '-6 a=b\n'])('are refused: %j', (body) => {
    expect(failure(stream(describing('x', body), block({}))).code).toBe('TAR_INVALID');
  });
});

describe('types', () => {
  it.each(['V', 'D', 'M', 'A', '9'])('are refused when unknown: %s', (flag) => {
    const error = failure(stream(block({ flag, name: 'odd' })));
    expect([error.code, error.entry]).toEqual(['TAR_INVALID', 'odd']);
  });
});

describe('limits', () => {
  it('stop a huge PAX header before it is read', () => {
    const error = failure(stream(block({ flag: 'x', size: octal(2 ** 31) })));
    expect(error.code).toBe('LIMIT_EXCEEDED');
  });

  it('stop a huge GNU name', () => {
    expect(failure(stream(block({ flag: 'L', magic: GNU, size: octal(2 ** 31) }))).code).toBe('LIMIT_EXCEEDED');
  });

  it('stop endless extended headers', () => {
    const one = describing('x', pax(['path', 'a']));
    expect(failure(stream(...Array<Uint8Array>(20).fill(one), block({})), { headerBytes: 4096 }).code).toBe(
      'LIMIT_EXCEEDED',
    );
  });

  it('stop endless global headers', () => {
    const one = describing('g', pax(['comment', 'x'.repeat(400)]));
    expect(failure(stream(...Array<Uint8Array>(20).fill(one), block({})), { headerBytes: 4096 }).code).toBe(
      'LIMIT_EXCEEDED',
    );
  });

  it('stop long paths', () => {
    const long = describing('x', pax(['path', 'p'.repeat(200)]));
    expect(failure(stream(long, block({})), { pathLength: 199 }).code).toBe('LIMIT_EXCEEDED');
  });

  it('stop too many members', () => {
    expect(failure(stream(block({}), block({}), block({})), { entries: 2 }).code).toBe('LIMIT_EXCEEDED');
  });

  it('stop long streams', () => {
    expect(failure(stream(block({ size: octal(3000) }), padded(new Uint8Array(3000))), { totalBytes: 3000 }).code).toBe(
      'LIMIT_EXCEEDED',
    );
  });
});
