/** A build context from standard input: a tar with a Dockerfile in it, or a Dockerfile on its own. */

import { collectBytes } from '../../base/stream.js';
import { archiveChanges } from '../../build/archive.js';
import { type BuildContext, treeContext } from '../../build/context.js';
import { applyChanges } from '../../layer/apply.js';
import { emptyTree } from '../../tree/edit.js';
import { standardInput } from '../host-files.js';
import type { Session } from '../session.js';

/** A context and, where it came with one, its Dockerfile. */
export interface InputContext {
  readonly files: BuildContext;
  readonly dockerfile?: Uint8Array;
}

const LIMIT_BYTES = 4 * 1024 ** 3;
const HINT = "Send a Dockerfile or a tar: 'stratum build - < Dockerfile'.";

export function readStandardInput(session: Session): Promise<Uint8Array> {
  return collectBytes(standardInput(session, HINT), LIMIT_BYTES);
}

export async function standardInputContext(session: Session): Promise<InputContext> {
  const bytes = await readStandardInput(session);
  const changes = await archiveChanges(bytes);
  if (changes === undefined) return { files: treeContext(emptyTree()), dockerfile: bytes };
  return { files: treeContext(applyChanges(undefined, changes, { id: 'context' })) };
}
