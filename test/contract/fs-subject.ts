/** The fs object that the contract is held against. */

import { createFs } from '../../src/fs/create-fs.js';
import { fileStreams } from '../../src/fs/streams-port.js';
import { UnionFs } from '../../src/fs/union-fs.js';
import { nodeStreams } from '../../src/node/streams.js';
import type { FsUnderTest } from './fs.js';

/** A view with nothing but a directory at `home`, owned by whoever runs the tests, and with their rights. */
export function fsWithHome(home: string): FsUnderTest {
  fileStreams.install(nodeStreams);
  const { getuid, getgid, getgroups, umask } = process;
  const who = { uid: getuid?.() ?? 0, gid: getgid?.() ?? 0, groups: getgroups?.() ?? [], umask: umask() };
  const { view, fs } = UnionFs.over([]);
  fs.mkdirSync(home, { recursive: true });
  fs.chmodSync(home, 0o755);
  fs.chownSync(home, who.uid, who.gid);
  return createFs(view.kernelAs(who)) as unknown as FsUnderTest; // the stories use less than the type says
}
