import type nodeFs from 'node:fs';
import { expect, expectTypeOf, it } from 'vitest';
import type { CoreFs, Fs } from '../../src/fs/create-fs.js';
import { UnionFs } from '../../src/fs/union-fs.js';
import type {} from '../../src/node/fs-type.js';

it('can be taken for node:fs in Node', () => {
  const fs: typeof nodeFs = UnionFs.over([]).fs;
  const promises: typeof nodeFs.promises = fs.promises;
  const [found]: string[] = UnionFs.over([]).fs.globSync('*');
  expect(found).toBeUndefined();
  fs.writeFileSync('/f', 'x');
  expectTypeOf(fs.readFileSync('/f')).toExtend<Buffer>();
  expectTypeOf<Fs['statSync']>().toEqualTypeOf<(typeof nodeFs)['statSync']>();
  expectTypeOf<keyof Fs>().toEqualTypeOf<keyof typeof nodeFs | 'glob' | 'globSync'>();
  expect(Buffer.isBuffer(fs.readFileSync('/f'))).toBe(true);
  expect(promises).toBe(fs.promises);
});

it('has every name that node:fs has, but those that Node has on other systems', async () => {
  const names = async (fs: object): Promise<string[]> => Object.keys(fs).sort();
  const { default: node } = await import('node:fs');
  const [theirs, ours] = [await names(node), await names(UnionFs.over([]).fs)];
  const missing = theirs.filter((name) => !ours.includes(name));
  expect(missing).toEqual(['lchmod', 'lchmodSync'].filter((name) => theirs.includes(name)));
  expect(await names(UnionFs.over([]).fs.promises)).toEqual(expect.arrayContaining(await names(node.promises)));
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
  expectTypeOf(fs.globSync('*')).toEqualTypeOf<string[]>();
  expectTypeOf(fs.globSync('*', { withFileTypes: true })[0]?.name).toEqualTypeOf<string | undefined>();
  expectTypeOf(fs.openAsBlob('/f')).resolves.toEqualTypeOf<Blob>();
});
