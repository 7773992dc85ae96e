/** The stories of the fs contract once more, told in a directory that is mounted. */

import nodeFs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFs } from '../../src/fs/create-fs.js';
import { hostPath, type MountSource, tmpfs, UnionFs, volume } from '../../src/index.js';
import type { Credentials } from '../../src/union/access.js';
import { type FsUnderTest, protocolOf } from './fs.js';
import { FS_OPEN_STORIES } from './fs-open-stories.js';
import { FS_STORIES } from './fs-stories.js';

const DIRECTORY_MODE = 0o755;

let scratch = '';
beforeAll(() => {
  const memory = nodeFs.existsSync('/dev/shm') ? '/dev/shm' : nodeFs.realpathSync(os.tmpdir());
  scratch = nodeFs.mkdtempSync(path.join(memory, 'fs-mounts-'));
});
afterAll(() => nodeFs.rmSync(scratch, { recursive: true, force: true }));

/** Whoever runs the tests. */
const { getuid, getgid, getgroups, umask } = process;
const WHO: Credentials = { uid: getuid?.() ?? 0, gid: getgid?.() ?? 0, groups: getgroups?.() ?? [], umask: umask() };

function fsMounted(home: string, source: MountSource): FsUnderTest {
  const union = UnionFs.over([]);
  union.mount(home, source, { create: true });
  union.fs.chmodSync(home, DIRECTORY_MODE);
  union.fs.chownSync(home, WHO.uid, WHO.gid);
  return createFs(union.view.kernelAs(WHO)) as unknown as FsUnderTest; // the stories use less than the type says
}

const SOURCES: Record<string, () => MountSource> = {
  'a tmpfs': () => tmpfs(),
  'a volume': () => volume(),
  'a directory of the machine': () => hostPath(nodeFs.mkdtempSync(path.join(scratch, 'host-'))),
};

for (const [kind, source] of Object.entries(SOURCES)) {
  describe(`${kind} does what node:fs does`, () => {
    for (const story of [...FS_STORIES, ...FS_OPEN_STORIES]) {
      it(story.name, async () => {
        const face = story.faces?.[0] ?? 'sync';
        const root = nodeFs.mkdtempSync(path.join(scratch, 's-'));
        nodeFs.chmodSync(root, DIRECTORY_MODE);
        const theirs = await protocolOf(nodeFs, root, face, story);
        expect(await protocolOf(fsMounted(root, source()), root, face, story)).toEqual(theirs);
      });
    }
  });
}
