/** Manifests and indexes of a repository (distribution-spec, "Pulling manifests", "Pushing Manifests"). */

import { type ErrorPlace, isStratumError, StratumError } from '../../base/error.js';
import type { Descriptor } from '../../blob/descriptor.js';
import type { BlobInfo } from '../../blob/store.js';
import { algorithmOf, type Digest, isDigest } from '../../digest/digest.js';
import { digestOf } from '../../digest/hasher.js';
import { type ImageIndex, MANIFEST_LIMIT_BYTES, type Manifest, parseManifest } from '../../image/manifest.js';
import {
  DOCKER_INDEX,
  DOCKER_MANIFEST,
  isIndexType,
  isManifestType,
  OCI_INDEX,
  OCI_MANIFEST,
} from '../../image/media-type.js';
import { isTag } from '../../image/reference.js';
import { deleteScope, pathOf, pullScope, pushScope, type RepositoryAccess, subjectOf } from './access.js';
import { invalidAnswer } from './answer-error.js';
import type { CallOptions, CallSubject, RegistryAnswer, RegistryCall } from './call.js';
import { declaredSize } from './connection.js';

/** A manifest or an index, as it came and as it is read. */
export interface FetchedManifest {
  /** Of the bytes that came; whatever else the descriptor had that was asked for is kept. */
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
  readonly document: Manifest | ImageIndex;
}

/** Without these, servers answer that there is none, or translate it into an older kind. */
const ACCEPT = [OCI_MANIFEST, OCI_INDEX, DOCKER_MANIFEST, DOCKER_INDEX].join(', ');

/** Statuses of servers that answer GET and not HEAD. */
const NO_HEAD: readonly number[] = [400, 405, 501];

/** By HEAD; by GET where that does not tell all of it. */
export async function resolveManifest(
  access: RepositoryAccess,
  reference: string,
  options: CallOptions,
): Promise<Descriptor> {
  const call = manifestCall(access, reference, options);
  const answer = await access.connection.send({ ...call, method: 'HEAD', expect: [200, ...NO_HEAD] });
  await answer.discard();
  const [mediaType, size] = [mediaTypeOf(answer), declaredSize(answer)];
  const digest = isDigest(reference) ? reference : toldDigest(answer);
  const isWhole = answer.status === 200 && isKnownType(mediaType) && size !== undefined && digest !== undefined;
  if (isWhole) return { mediaType, digest, size };
  return (await fetchManifest(access, reference, options)).descriptor;
}

export async function fetchManifest(
  access: RepositoryAccess,
  wanted: string | Descriptor,
  options: CallOptions,
): Promise<FetchedManifest> {
  const reference = typeof wanted === 'string' ? wanted : wanted.digest;
  const call = manifestCall(access, reference, options);
  checkSizeWanted(wanted, call.about);
  const { answer, bytes } = await access.connection.read(call, MANIFEST_LIMIT_BYTES);
  const digest = verifiedDigest(bytes, reference, answer, call.about);
  if (typeof wanted !== 'string' && wanted.size !== bytes.length) {
    throw placed('SIZE_INVALID', call.about, `content of ${bytes.length} bytes, expected ${wanted.size}`);
  }
  const document = parseManifest(bytes, { ...placeOf(call.about), digest });
  const mediaType = typeof wanted === 'string' ? typeOf(document, answer, { ...call.about, digest }) : wanted.mediaType;
  const kept = typeof wanted === 'string' ? {} : wanted;
  return { descriptor: { ...kept, mediaType, digest, size: bytes.length }, bytes, document };
}

/** Stores it; gives its descriptor, and whether the server took note of its subject. */
export async function storeManifest(
  access: RepositoryAccess,
  reference: string,
  { bytes, mediaType }: { readonly bytes: Uint8Array; readonly mediaType: string },
  options: CallOptions,
): Promise<{ readonly descriptor: Descriptor; readonly isReferrerKnown: boolean }> {
  const digest = digestOf(bytes, isDigest(reference) ? algorithmOf(reference) : 'sha256');
  const about = manifestSubject(access, reference);
  if (isDigest(reference) && digest !== reference)
    throw placed('DIGEST_INVALID', about, `content has the digest ${digest}`);
  const answer = await access.connection.send({
    ...options,
    method: 'PUT',
    target: pathOf(access, `manifests/${reference}`),
    headers: { 'content-type': mediaType },
    body: { size: bytes.length, open: () => bytes },
    scopes: [pushScope(access)],
    expect: [201, 200, 202, 204],
    again: 'always',
    about,
  });
  await answer.discard();
  const told = toldDigest(answer);
  if (told !== undefined && algorithmOf(told) === algorithmOf(digest) && told !== digest) {
    throw invalidAnswer({ ...about, digest }, `the registry stored it as ${told}`);
  }
  return {
    descriptor: { mediaType, digest, size: bytes.length },
    isReferrerKnown: answer.header('oci-subject') !== undefined,
  };
}

/** Deletes a tag. Servers from before there was such a thing take it for a digest, and say what is wrong with that. */
export async function removeTag(access: RepositoryAccess, tag: string, options: CallOptions): Promise<void> {
  try {
    await removeManifest(access, tag, options);
  } catch (error) {
    if (!isStratumError(error, 'DIGEST_INVALID')) throw error;
    const { name } = manifestSubject(access, tag);
    throw new StratumError('UNSUPPORTED', `${name}: the registry deletes no tags, only manifests`, { cause: error });
  }
}

/** Deletes what a digest or a tag names. */
export async function removeManifest(access: RepositoryAccess, reference: string, options: CallOptions): Promise<void> {
  const answer = await access.connection.send({
    ...options,
    method: 'DELETE',
    target: pathOf(access, `manifests/${reference}`),
    scopes: [deleteScope(access)],
    expect: [202, 200, 204],
    again: 'refused',
    about: manifestSubject(access, reference),
  });
  await answer.discard();
}

/** The size of a manifest; `undefined` when there is none. */
export async function statManifest(
  access: RepositoryAccess,
  digest: Digest,
  options: CallOptions,
): Promise<BlobInfo | undefined> {
  try {
    const { size } = await resolveManifest(access, digest, options);
    return { digest, size };
  } catch (error) {
    if (isStratumError(error, 'MANIFEST_UNKNOWN') || isStratumError(error, 'NAME_UNKNOWN')) return undefined;
    throw error;
  }
}

function manifestCall(access: RepositoryAccess, reference: string, options: CallOptions): RegistryCall {
  return {
    ...options,
    method: 'GET',
    target: pathOf(access, `manifests/${reference}`),
    headers: { accept: ACCEPT },
    scopes: [pullScope(access)],
    expect: [200],
    again: 'always',
    isVerified: isDigest(reference),
    about: manifestSubject(access, reference),
  };
}

function manifestSubject(access: RepositoryAccess, reference: string): CallSubject {
  if (isDigest(reference)) return subjectOf(access, 'MANIFEST_UNKNOWN', { digest: reference });
  if (isTag(reference)) return subjectOf(access, 'MANIFEST_UNKNOWN', { tag: reference });
  throw new StratumError('NAME_INVALID', `${JSON.stringify(reference.slice(0, 300))} is neither a tag nor a digest`);
}

function checkSizeWanted(wanted: string | Descriptor, about: CallSubject): void {
  if (typeof wanted === 'string' || wanted.size <= MANIFEST_LIMIT_BYTES) return;
  throw placed('LIMIT_EXCEEDED', about, `manifest of ${wanted.size} bytes, more than ${MANIFEST_LIMIT_BYTES}`);
}

/**
 * A digest that was asked for is what has to come, whatever a header says of it. Of a tag the header is all that says
 * what was meant to come.
 */
function verifiedDigest(bytes: Uint8Array, reference: string, answer: RegistryAnswer, about: CallSubject): Digest {
  const expected = isDigest(reference) ? reference : toldDigest(answer);
  const digest = digestOf(bytes, expected === undefined ? 'sha256' : algorithmOf(expected));
  if (expected === undefined || digest === expected) return digest;
  throw placed('DIGEST_INVALID', { ...about, digest: expected }, `content has the digest ${digest}`);
}

/** The digest as the server tells it: a hint. */
function toldDigest(answer: RegistryAnswer): Digest | undefined {
  const told = answer.header('docker-content-digest')?.trim();
  return isDigest(told) ? told : undefined;
}

/** Without its parameters. */
function mediaTypeOf(answer: RegistryAnswer): string {
  return (answer.header('content-type') ?? '').replace(/;.*/s, '').trim().toLowerCase();
}

/** What a document says that it is, else what the server says, else what it holds. */
function typeOf(document: Manifest | ImageIndex, answer: RegistryAnswer, about: CallSubject): string {
  const told = mediaTypeOf(answer);
  const isIndex = document.kind === 'index';
  if (isKnownType(told) && isIndexType(told) !== isIndex) {
    throw placed('MANIFEST_INVALID', about, `content is not the ${told} that the registry says it is`);
  }
  return document.mediaType ?? (isKnownType(told) ? told : isIndex ? OCI_INDEX : OCI_MANIFEST);
}

function isKnownType(mediaType: string): boolean {
  return isManifestType(mediaType) || isIndexType(mediaType);
}

function placeOf({ name, digest }: CallSubject): ErrorPlace {
  return { file: name, ...(digest === undefined ? {} : { digest }) };
}

function placed(
  code: 'SIZE_INVALID' | 'DIGEST_INVALID' | 'MANIFEST_INVALID' | 'LIMIT_EXCEEDED',
  { name, digest }: CallSubject,
  what: string,
): StratumError {
  return new StratumError(code, `${name}: ${what}`, digest === undefined ? {} : { digest });
}
