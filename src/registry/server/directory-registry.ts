/** A registry in a directory: an OCI image layout for its blobs, and beside them what is where. */

import { DirectoryBlobs } from '../../blob/directory.js';
import type { StoreFiles } from '../../blob/files.js';
import { DirectoryRecords } from './records/directory.js';
import { createRegistry, type Registry, type RegistryOptions } from './registry.js';
import { DirectoryUploads } from './uploads/directory.js';

/**
 * Opens one, or makes one in a directory that has none. Uploads go on where they were when a process ends. One process
 * at a time has a directory: who waits for whom is known in memory only.
 */
export async function openRegistry(
  root: string,
  files: StoreFiles,
  options: Omit<RegistryOptions, 'blobs' | 'records' | 'uploads'> = {},
): Promise<Registry> {
  const blobs = await DirectoryBlobs.open(root, files);
  await blobs.sweep();
  return createRegistry({
    ...options,
    blobs,
    records: new DirectoryRecords(root, files),
    uploads: new DirectoryUploads(`${root}/uploads`, blobs),
  });
}
