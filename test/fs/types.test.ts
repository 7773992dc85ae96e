import type nodeFs from 'node:fs';
import { expect, expectTypeOf, it } from 'vitest';
import type { CoreFs, Fs } from '../../src/fs/create-fs.js';
import { UnionFs } from '../../src/fs/union-fs.js';
import type {} from '../../src/node/streams.js';

it('has Node’s own types in Node', () => {
  const fs: Pick<typeof nodeFs, keyof CoreFs & keyof typeof nodeFs> = UnionFs.over([]).fs;
  fs.writeFileSync('/f', 'x');
  expectTypeOf(fs.readFileSync('/f')).toExtend<Buffer>();
  expectTypeOf<Fs['statSync']>().toEqualTypeOf<(typeof nodeFs)['statSync']>();
  expect(Buffer.isBuffer(fs.readFileSync('/f'))).toBe(true);
});

it('types results by their options where Node’s types are not there', () => {
  const fs = UnionFs.over([]).fs as unknown as CoreFs;
  fs.writeFileSync('/f', 'x');
  expectTypeOf(fs.readFileSync('/f', 'utf8')).toBeString();
  expectTypeOf(fs.readFileSync('/f')).toEqualTypeOf<Uint8Array>();
  expectTypeOf(fs.statSync('/f').size).toBeNumber();
  expectTypeOf(fs.statSync('/f', { bigint: true }).size).toBeBigInt();
  expectTypeOf(fs.promises.readFile('/f', 'utf8')).resolves.toBeString();
  expectTypeOf(fs.readdirSync('/', { withFileTypes: true })[0]?.isFile()).toEqualTypeOf<boolean | undefined>();
});
