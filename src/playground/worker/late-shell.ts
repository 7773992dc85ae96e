/** The simulated shell, loaded when something is run for the first time. */

import { StratumError } from '../../base/error.js';
import type { Runtime } from '../../build/runtime.js';
import { shellRuntime } from '../../shell/runtime.js';

interface ShellScope {
  /** What the script of the shell leaves behind: just-bash, and the writer of zstd. */
  stratumShell?: unknown;
  /** Loads it, for whoever needs a part of it (vite.playground.ts). */
  stratumTools?: () => Promise<void>;
  importScripts(url: string): void;
}

const scope = globalThis as unknown as ShellScope;

/** Gives the text of the script. */
export type FetchScript = () => Promise<string>;

/** Runs commands in the simulated shell; what it is made of is fetched at the first of them. */
export function lateShell(fetchScript: FetchScript): Runtime {
  let loading: Promise<void> | undefined;
  const tools = (): Promise<void> => {
    loading ??= load(fetchScript);
    return loading;
  };
  scope.stratumTools = tools;
  const runtime = shellRuntime();
  return {
    name: runtime.name,
    run: async (request) => {
      await tools();
      return runtime.run(request);
    },
  };
}

async function load(fetchScript: FetchScript): Promise<void> {
  const script = await fetchScript();
  const url = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
  try {
    scope.importScripts(url);
    if (scope.stratumShell === undefined) throw new Error('the script left nothing');
  } catch (cause) {
    throw new StratumError('UNSUPPORTED', 'the shell of this page could not be loaded', { cause });
  } finally {
    URL.revokeObjectURL(url);
  }
}
