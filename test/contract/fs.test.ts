import nodeFs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Face, protocolOf, type Story } from './fs.js';
import { FS_OPEN_STORIES } from './fs-open-stories.js';
import { FS_OPTION_STORIES } from './fs-option-stories.js';
import { FS_STORIES } from './fs-stories.js';
import { fsWithHome } from './fs-subject.js';

const FACES: readonly Face[] = ['sync', 'callback', 'promise'];

const DIRECTORY_MODE = 0o755;

let scratch = '';

beforeAll(() => {
  scratch = nodeFs.mkdtempSync(path.join(scratchParent(), 'fs-contract-'));
});

afterAll(() => nodeFs.rmSync(scratch, { recursive: true, force: true }));

/** A file system in memory where there is one: the stories make some ten thousand small files. */
function scratchParent(): string {
  return nodeFs.existsSync('/dev/shm') ? '/dev/shm' : nodeFs.realpathSync(os.tmpdir());
}

/** The same path on both sides, so that the lengths of paths agree too. */
async function compared(story: Story, face: Face): Promise<[ours: unknown, theirs: unknown]> {
  const root = nodeFs.mkdtempSync(path.join(scratch, 's-'));
  nodeFs.chmodSync(root, DIRECTORY_MODE);
  const theirs = await protocolOf(nodeFs, root, face, story);
  return [await protocolOf(fsWithHome(root), root, face, story), theirs];
}

for (const face of FACES) {
  describe(`the ${face} face does what node:fs does`, () => {
    for (const story of [...FS_STORIES, ...FS_OPEN_STORIES, ...FS_OPTION_STORIES]) {
      if (story.faces?.includes(face) === false) continue;
      it(story.name, async () => {
        const [ours, theirs] = await compared(story, face);
        expect(ours).toEqual(theirs);
      });
    }
  });
}
