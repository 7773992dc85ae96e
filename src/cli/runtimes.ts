/** What `--runtime` names. */

import { StratumError } from '../base/error.js';
import type { Runtime } from '../build/runtime.js';
import type { Session } from './session.js';

export async function openRuntime(name: string, _session: Session): Promise<Runtime> {
  return { name, run: () => Promise.reject(new StratumError('UNSUPPORTED', `no runtime ${name}`)) };
}
