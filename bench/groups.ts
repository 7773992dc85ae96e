/** The groups in the order in which they run; each is loaded only in the process that runs it. */

import type { Group } from './context.js';

const LOADERS: Readonly<Record<string, () => Promise<Group>>> = {
  lookup: async () => (await import('./groups/lookup.js')).lookup,
  listing: async () => (await import('./groups/listing.js')).listing,
  'copy-up': async () => (await import('./groups/copy-up.js')).copyUp,
  fork: async () => (await import('./groups/fork.js')).fork,
  changes: async () => (await import('./groups/changes.js')).changes,
  apply: async () => (await import('./groups/apply.js')).apply,
  chains: async () => (await import('./groups/chains.js')).chains,
  calls: async () => (await import('./groups/calls.js')).calls,
  appends: async () => (await import('./groups/appends.js')).appends,
  writes: async () => (await import('./groups/writes.js')).writes,
  import: async () => (await import('./groups/import.js')).importing,
  export: async () => (await import('./groups/export.js')).exporting,
  memory: async () => (await import('./groups/memory.js')).memory,
  startup: async () => (await import('./groups/startup.js')).startup,
  registries: async () => (await import('./groups/registries.js')).registries,
  builds: async () => (await import('./groups/builds.js')).builds,
};

export const GROUP_NAMES: readonly string[] = Object.keys(LOADERS);

export async function loadGroup(name: string): Promise<Group> {
  const load = LOADERS[name];
  if (load === undefined) throw new RangeError(`no group ${name}`);
  return load();
}
