import { expect, it } from 'vitest';
import { UnionFs } from '../../src/fs/union-fs.js';

it('says that there are no streams where the platform has none', () => {
  const { fs } = UnionFs.over([]);
  expect(() => fs.createReadStream('/f')).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }));
});
