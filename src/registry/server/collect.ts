/**
 * Garbage collection while the registry serves: mark what manifests lead to, sweep the rest. What a push needs is never
 * swept: uploads in flight are no blobs yet, and a blob that was pushed, mounted or asked for a moment ago is kept for
 * the manifest that is to come.
 */

import type { Digest } from '../../digest/digest.js';
import type { Parts } from './call.js';
import { Repository, repositoryNames } from './repository.js';

export interface CollectOptions {
  /** Blobs younger than this are kept; an hour without it. */
  readonly graceMs?: number;
  /** Takes manifests as well that no tag leads to, by an index or as what refers to one that is kept. */
  readonly untagged?: boolean;
}

export interface Collected {
  /** Blobs whose bytes went, manifests among them. */
  readonly blobs: number;
  readonly freedBytes: number;
  readonly manifests: number;
  /** Uploads that nothing arrived for in too long. */
  readonly uploads: number;
}

const DEFAULT_GRACE_MS = 60 * 60 * 1000;

/** Collects once through all repositories; doing it again at once finds nothing more. */
export async function collect(parts: Parts, options: CollectOptions = {}): Promise<Collected> {
  const sinceMs = parts.now() - (options.graceMs ?? DEFAULT_GRACE_MS);
  const uploads = await parts.uploads.expire();
  let manifests = 0;
  for await (const name of repositoryNames(parts.records)) {
    const repository = new Repository(name, parts.records);
    // One repository at a time: the others are not kept waiting for all of them.
    await parts.gate.alone(async () => {
      if (options.untagged) manifests += await removeUntagged(repository, sinceMs);
      await unlinkUnused(parts, repository, sinceMs);
    });
  }
  const unseen: Digest[] = [];
  const seen = await visible(parts);
  for await (const { digest } of parts.blobs.list()) if (!seen.has(digest)) unseen.push(digest);
  return { ...(await reclaim(parts, unseen)), manifests, uploads };
}

/** Deletes the bytes of those blobs that no repository shows. */
export async function reclaim(
  parts: Parts,
  digests: readonly Digest[],
): Promise<Pick<Collected, 'blobs' | 'freedBytes'>> {
  if (digests.length === 0) return { blobs: 0, freedBytes: 0 };
  return parts.gate.alone(async () => {
    let blobs = 0;
    let freedBytes = 0;
    const used = await usedAmong(parts, digests);
    for (const digest of digests) {
      const info = used.has(digest) ? undefined : await parts.blobs.stat(digest);
      if (info === undefined || !(await parts.blobs.delete(digest))) continue;
      blobs++;
      freedBytes += info.size;
    }
    return { blobs, freedBytes };
  });
}

/** Asks of each repository for the few that are in question, rather than for all that it has. */
async function usedAmong(parts: Parts, digests: readonly Digest[]): Promise<ReadonlySet<Digest>> {
  const used = new Set<Digest>();
  for await (const name of repositoryNames(parts.records)) {
    const repository = new Repository(name, parts.records);
    for (const digest of digests) {
      if (used.has(digest)) continue;
      if ((await repository.hasBlob(digest)) || (await repository.manifest(digest)) !== undefined) used.add(digest);
    }
  }
  return used;
}

async function visible(parts: Parts): Promise<ReadonlySet<Digest>> {
  const seen = new Set<Digest>();
  for await (const name of repositoryNames(parts.records)) {
    const repository = new Repository(name, parts.records);
    for await (const { digest } of repository.blobs()) seen.add(digest);
    for await (const digest of repository.manifests()) seen.add(digest);
  }
  return seen;
}

/** Blobs that no manifest of the repository leads to, and that nobody pushed or was told of since. */
async function unlinkUnused(parts: Parts, repository: Repository, sinceMs: number): Promise<void> {
  const used = new Set<Digest>();
  for await (const digest of repository.manifests()) {
    for (const blob of (await repository.manifest(digest))?.blobs ?? []) used.add(blob);
  }
  for await (const { digest, linkedMs } of repository.blobs()) {
    const isYoung = linkedMs >= sinceMs || parts.touched.isSince(repository.name, digest, sinceMs);
    if (!used.has(digest) && !isYoung) await repository.unlinkBlob(digest);
  }
}

async function removeUntagged(repository: Repository, sinceMs: number): Promise<number> {
  const kept = await reachable(repository, sinceMs);
  let removed = 0;
  for await (const digest of repository.manifests()) {
    if (!kept.has(digest) && (await repository.removeManifest(digest))) removed++;
  }
  return removed;
}

/** From the tags, and from what is too young to have one, down through indexes and to all that refers to it. */
async function reachable(repository: Repository, sinceMs: number): Promise<ReadonlySet<Digest>> {
  const roots: Digest[] = [];
  for (const tag of await repository.tags()) {
    const digest = await repository.tag(tag);
    if (digest !== undefined) roots.push(digest);
  }
  for await (const digest of repository.manifests()) {
    if (((await repository.manifest(digest))?.pushedMs ?? 0) >= sinceMs) roots.push(digest);
  }
  const kept = new Set<Digest>();
  for (let digest = roots.pop(); digest !== undefined; digest = roots.pop()) {
    if (kept.has(digest)) continue;
    kept.add(digest);
    roots.push(...((await repository.manifest(digest))?.manifests ?? []));
    for await (const referrer of repository.referrers(digest)) roots.push(referrer.digest);
  }
  return kept;
}
