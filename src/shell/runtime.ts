import { StratumError } from '../base/error.js';
import type { Runtime } from '../build/runtime.js';
export function shellRuntime(): Runtime {
  return { name: 'shell', run: () => Promise.reject(new StratumError('UNSUPPORTED', 'no')) };
}
