/** What `--runtime` names. */

import { join } from 'node:path';
import type { Runtime } from '../build/runtime.js';
import type { Session } from './session.js';

export async function openRuntime(name: string, session: Session): Promise<Runtime> {
  if (name === 'chroot') {
    const { chrootRuntime } = await import('../node/chroot/runtime.js');
    return chrootRuntime({ directory: join(session.root, 'runtime') });
  }
  const { shellRuntime } = await import('../shell/runtime.js');
  return shellRuntime();
}
