/** Our side of a comparison: the same calls on a view over the same layers. */

import { createFs, UnionFs } from '../../../src/index.js';
import type { Layer } from '../../../src/layer/layer.js';
import { ROOT } from '../../../src/union/access.js';
import type { Kernel } from '../../../src/union/kernel.js';
import type { Clock } from '../../../src/union/state.js';
import { faceOf, type XattrCall } from './faces.js';
import { layersOf } from './layers.js';
import { isLeftOut } from './left-out.js';
import { listing } from './listing.js';
import type { RunReply, RunRequest } from './messages.js';
import type { Operation } from './operations.js';
import { type Answer, perform } from './perform.js';
import { MOUNT, STACK, USER } from './stack.js';

let everyday: Layer[] | undefined;

export interface OurReply extends RunReply {
  /** The operations that were made: without those that lead out of the mount. */
  readonly operations: readonly Operation[];
}

export async function runOurs({ judge, stack, who, face: name, operations }: RunRequest): Promise<OurReply> {
  everyday ??= layersOf(STACK);
  const union = UnionFs.over(stack === null ? everyday : layersOf(stack), { clock: fineClock() });
  const fs = who === 'root' ? union.fs : createFs(union.view.kernelAs(USER));
  const face = faceOf(fs, name);
  const xattr = xattrCall(who === 'root' ? union.kernel : union.view.kernelAs(USER));
  const answers: Answer[] = [];
  const made: Operation[] = [];
  for (const operation of operations) {
    if (await isLeftOut({ union, face, judge, who, operation })) continue;
    made.push(operation);
    answers.push(await perform(face, operation, xattr));
  }
  await face.closeAll();
  return { operations: made, answers, listing: listing(union.fs, MOUNT), xattrs: xattrsOf(union), hasFineClock: true };
}

/** Two changes never have the same time. */
function fineClock(): Clock {
  const sec = Math.floor(Date.now() / 1000);
  let nsec = 0;
  return { now: () => ({ sec, nsec: ++nsec }) };
}

/** Extended attributes by the system calls of a view. */
export function xattrCall(kernel: Kernel): XattrCall {
  return (path, action, name, value) => {
    if (action === 'set') kernel.setxattr(path, name, Buffer.from(value));
    else if (action === 'remove') kernel.removexattr(path, name);
    else return Buffer.from(kernel.getxattr(path, name)).toString();
    return '';
  };
}

/** The attributes of a tree as getfattr prints them. */
export function xattrsOf(union: UnionFs): string {
  const kernel = union.view.kernelAs(ROOT);
  let text = '';
  for (const { of, mode } of listing(union.fs, MOUNT)) {
    if ((mode & 0o170000) === 0o120000) continue;
    const values = [...(kernel.listxattr(of) ?? [])].filter(([name]) => name.startsWith('user'));
    if (values.length === 0) continue;
    const lines = values.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => `${name}="${Buffer.from(value)}"`);
    text += `# file: ${of}\n${lines.join('\n')}\n\n`;
  }
  return text;
}
