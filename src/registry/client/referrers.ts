/**
 * What refers to a manifest (distribution-spec, "Listing Referrers"). Servers that know nothing of it keep a list under a
 * tag, which clients look after ("Referrers Tag Schema").
 */

import { isStratumError, StratumError } from '../../base/error.js';
import { canonicalJson, type JsonObject, type JsonValue } from '../../base/json.js';
import { type Descriptor, parseDescriptor } from '../../blob/descriptor.js';
import { algorithmOf, type Digest, encodedOf } from '../../digest/digest.js';
import { OCI_INDEX } from '../../image/media-type.js';
import { pathOf, pullScope, type RepositoryAccess, subjectOf } from './access.js';
import { invalidAnswer } from './answer-error.js';
import type { CallOptions, RegistryCall } from './call.js';
import { type FetchedManifest, fetchManifest, storeManifest } from './manifests.js';
import { pages } from './pages.js';

export interface ReferrersOptions extends CallOptions {
  readonly artifactType?: string;
}

/** Of one manifest; more are no list that anybody reads. */
const REFERRER_LIMIT = 100_000;

/** What servers without the route say. */
const NO_ROUTE: readonly number[] = [400, 404, 405, 501];

export async function listReferrers(
  access: RepositoryAccess,
  digest: Digest,
  { artifactType, ...options }: ReferrersOptions,
): Promise<readonly Descriptor[]> {
  const told = await askReferrers(access, digest, artifactType, options);
  const found = told ?? (await readFallback(access, digest, options));
  // A server need not filter.
  return artifactType === undefined ? found : found.filter((each) => each.artifactType === artifactType);
}

/** True when the server keeps the list itself. */
export async function hasReferrersRoute(
  access: RepositoryAccess,
  digest: Digest,
  options: CallOptions,
): Promise<boolean> {
  return (await askReferrers(access, digest, undefined, options)) !== undefined;
}

/** Adds a manifest to the list of its subject, once. */
export async function addReferrer(
  access: RepositoryAccess,
  subject: Digest,
  referrer: Descriptor,
  options: CallOptions,
): Promise<void> {
  const known = await readFallback(access, subject, options);
  if (known.some(({ digest }) => digest === referrer.digest)) return;
  await writeFallback(access, subject, [...known, referrer], options);
}

export async function dropReferrer(
  access: RepositoryAccess,
  subject: Digest,
  referrer: Digest,
  options: CallOptions,
): Promise<void> {
  const known = await readFallback(access, subject, options);
  const left = known.filter(({ digest }) => digest !== referrer);
  if (left.length < known.length) await writeFallback(access, subject, left, options);
}

/** How a list of referrers has a manifest: what it is, and its annotations. */
export function referrerOf({ descriptor, document }: Omit<FetchedManifest, 'bytes'>): Descriptor {
  const { mediaType, digest, size } = descriptor;
  // A manifest without a type of its own has its config's, an index has none.
  const artifactType = document.artifactType ?? (document.kind === 'manifest' ? document.config.mediaType : undefined);
  const annotations = document.annotations as Readonly<Record<string, string>> | undefined;
  return {
    mediaType,
    digest,
    size,
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(annotations === undefined ? {} : { annotations }),
  };
}

/** `undefined` where the server has no such route. */
async function askReferrers(
  access: RepositoryAccess,
  digest: Digest,
  artifactType: string | undefined,
  options: CallOptions,
): Promise<Descriptor[] | undefined> {
  const query = artifactType === undefined ? '' : `?${new URLSearchParams({ artifactType })}`;
  const call: RegistryCall = {
    ...options,
    method: 'GET',
    target: pathOf(access, `referrers/${digest}${query}`),
    headers: { accept: OCI_INDEX },
    scopes: [pullScope(access)],
    expect: [200, ...NO_ROUTE],
    again: 'always',
    about: subjectOf(access, 'MANIFEST_UNKNOWN', { digest }),
  };
  const found: Descriptor[] = [];
  for await (const { answer, document } of pages(access.connection, call)) {
    if (answer.status !== 200) return undefined;
    found.push(...descriptorsOf(document, call));
    if (found.length > REFERRER_LIMIT) throw invalidAnswer(call.about, `more than ${REFERRER_LIMIT} referrers`);
  }
  return found;
}

function descriptorsOf({ manifests }: JsonObject, { about }: RegistryCall): Descriptor[] {
  if (!Array.isArray(manifests)) throw invalidAnswer(about, 'a list of referrers that is no index');
  try {
    return (manifests as readonly JsonValue[]).map((each) => parseDescriptor(each, { file: about.name }));
  } catch (cause) {
    if (cause instanceof StratumError) throw invalidAnswer(about, `a list of referrers with ${cause.what}`, cause);
    throw cause;
  }
}

/** `sha256-…`: the algorithm cut to 32 characters, the rest to 64. */
function fallbackTag(digest: Digest): string {
  return `${algorithmOf(digest).slice(0, 32)}-${encodedOf(digest).slice(0, 64)}`;
}

async function readFallback(
  access: RepositoryAccess,
  subject: Digest,
  options: CallOptions,
): Promise<readonly Descriptor[]> {
  try {
    const { document } = await fetchManifest(access, fallbackTag(subject), options);
    // Whatever else has such a tag is no list.
    return document.kind === 'index' ? document.manifests : [];
  } catch (error) {
    if (isStratumError(error, 'MANIFEST_UNKNOWN') || isStratumError(error, 'NAME_UNKNOWN')) return [];
    throw error;
  }
}

async function writeFallback(
  access: RepositoryAccess,
  subject: Digest,
  manifests: readonly Descriptor[],
  options: CallOptions,
): Promise<void> {
  const bytes = canonicalJson({ schemaVersion: 2, mediaType: OCI_INDEX, manifests });
  await storeManifest(access, fallbackTag(subject), { bytes, mediaType: OCI_INDEX }, options);
}
