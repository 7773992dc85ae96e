/** What the registry of the page holds, and what the last push or pull asked of it. */

import type { RegistryRequest } from '../../lessons/lesson.js';
import { REGISTRY_NAME } from '../registry-name.js';
import { shortText } from '../text.js';
import type { RegistryView } from '../view.js';
import type { Exchange } from './place.js';

/** Of all that it was asked, and where in it the push or pull of this act began. */
export function registryView(traffic: readonly RegistryRequest[], { verb, since }: Exchange): RegistryView {
  const blobs = new Map<string, number>();
  const names = new Map<string, string>();
  for (const { kind, subject, repository, found, sizeBytes } of traffic) {
    if (!found) continue;
    if (kind === 'send') blobs.set(subject, sizeBytes);
    // A manifest has its tag or, where it is part of an index, its digest.
    if (kind === 'name') names.set(`${repository}:${shortText(subject)}`, subject);
  }
  const last = traffic.slice(since);
  const sent = last.filter(({ kind, found }) => kind === 'send' && found);
  const skipped = last.filter(({ kind, found }) => (kind === 'ask' || kind === 'mount') && found);
  const skippedSubjects = new Set(skipped.map(({ subject }) => subject));
  return {
    host: REGISTRY_NAME,
    names: [...names.keys()],
    blobs: [...blobs].map(([digest, sizeBytes]) => ({ digest, sizeBytes })),
    last,
    lastVerb: verb,
    sentBytes: sent.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    skippedBytes: [...skippedSubjects].reduce((sum, subject) => sum + (blobs.get(subject) ?? 0), 0),
  };
}
