/** Archives as ADD knows them: by what they hold. */

import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { archiveChanges } from '../../src/build/archive.js';
import { UnionFs } from '../../src/fs/union-fs.js';

/** `tar --format=ustar -c inside`, of a file with `hi` in it, by `bzip2 -9` and `xz -9`. */
const BZIP2 =
  'QlpoOTFBWSZTWV05gagAAHj7kMkQAADAAG+EABBmYR4ABAAACCAAVEaUbSGIHqYDUG1FGmgeoAA3892rqEJWSAQse5Q0NF00ITI6dPkwOyBdFME/tDOHqvkYxKrXzZMZZGiACL8XckU4UJBdOYGo';
const XZ =
  '/Td6WFoAAATm1rRGAgAhARwAAAAQz1jM4Cf/AGNdADSbis02A4B/hCRaWUIvGAk3gCGEYiz/bbq+lSAi91RSgQnQXXr47OKKI4tv5Cx3wv9A85uC7enQf8Eb0r6P8+qON5OYeU6CenLRH2I9sLB0AGsxLIqy7Uy2pstJ9dNBfKm8AAAAKNLEB7ugwEUAAX+AUAAAAPnUykOxxGf7AgAAAAAEWVo=';

test.each([
  ['bzip2', Buffer.from(BZIP2, 'base64')],
  ['xz', Buffer.from(XZ, 'base64')],
])('reads a tar that %s compressed', async (_name, bytes) => {
  const changes = await archiveChanges(bytes);
  expect(changes).toMatchObject([{ kind: 'file', path: '/inside', size: 3 }]);
});

test('reads a tar as it is and by gzip, and takes nothing else for one', async () => {
  const union = UnionFs.over([]);
  union.fs.writeFileSync('/inside', 'hi\n');
  const layer = await union.toLayer();
  const tar = layer.bytes.read(0, layer.size);
  for (const bytes of [tar, gzipSync(tar)]) {
    expect((await archiveChanges(bytes))?.map(({ path }) => path)).toEqual(['/', '/inside']);
  }
  for (const bytes of [new Uint8Array(0), Buffer.from('text'), gzipSync('text'), new Uint8Array(1000)]) {
    expect(await archiveChanges(bytes)).toBeUndefined();
  }
});
