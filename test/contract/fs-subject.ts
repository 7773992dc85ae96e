/** The fs object that the contract is held against. */

import { fileStreams } from '../../src/fs/streams-port.js';
import { UnionFs } from '../../src/fs/union-fs.js';
import { nodeStreams } from '../../src/node/streams.js';
import type { FsUnderTest } from './fs.js';

/** An empty view with the rights of the process that runs the tests. */
export function emptyFs(): FsUnderTest {
  fileStreams.install(nodeStreams);
  const { getuid, getgid, getgroups, umask } = process;
  const credentials = { uid: getuid?.() ?? 0, gid: getgid?.() ?? 0, groups: getgroups?.() ?? [], umask: umask() };
  return UnionFs.over([], { credentials }).fs as unknown as FsUnderTest; // the stories use less than the type says
}
