/** Names of images, read as Docker reads them (distribution/reference; Docker's defaults for what is left out). */

import { StratumError } from '../base/error.js';
import { type Digest, isDigest } from '../digest/digest.js';

export interface Reference {
  /** Host, with a port if there is one: `docker.io`, `localhost:5000`. */
  readonly registry: string;
  /** Path in the registry: `library/debian`. */
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: Digest | undefined;
}

const DEFAULT_REGISTRY = 'docker.io';
const DEFAULT_TAG = 'latest';
/** Docker's other name for its registry. */
const LEGACY_REGISTRY = 'index.docker.io';
const OFFICIAL = 'library/';
/** Longest name, registry included (distribution-spec). */
const NAME_LIMIT = 255;

const DOMAIN =
  /^(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?$/;
const PATH = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;
const BARE_ID = /^[a-f0-9]{64}$/;

/** Parses a reference; the tag is `latest` where neither tag nor digest is given. Fails with NAME_INVALID. */
export function parseReference(text: string): Reference {
  if (BARE_ID.test(text)) throw invalid(text, 'cannot be 64 hexadecimal digits, which name an image ID');
  const at = text.indexOf('@');
  const digest = at === -1 ? undefined : text.slice(at + 1);
  if (digest !== undefined && !isDigest(digest)) throw invalid(text, 'has an invalid digest');
  const [name, tag] = splitTag(at === -1 ? text : text.slice(0, at));
  if (tag !== undefined && !TAG.test(tag)) throw invalid(text, `has the invalid tag ${JSON.stringify(tag)}`);
  const { registry, repository } = splitName(name, text);
  return { registry, repository, digest, tag: tag ?? (digest === undefined ? DEFAULT_TAG : undefined) };
}

/** True for the path of a repository (distribution-spec, "Pulling manifests"): `library/debian`. */
export function isRepository(text: string): boolean {
  return text.length <= NAME_LIMIT && PATH.test(text);
}

export function isTag(text: string): boolean {
  return TAG.test(text);
}

/** What a registry is asked for: the digest, else the tag. */
export function nameInRepository({ digest, tag }: Reference): string {
  return digest ?? tag ?? DEFAULT_TAG;
}

/** The whole name: `docker.io/library/debian:latest`. */
export function formatReference({ registry, repository, tag, digest }: Reference): string {
  return `${registry}/${repository}${suffix(tag, digest)}`;
}

/** The name as Docker shows it: `debian`, `user/app`, `localhost:5000/app`; without tag and digest. */
export function familiarName({ registry, repository }: Reference): string {
  if (registry !== DEFAULT_REGISTRY) return `${registry}/${repository}`;
  const official = repository.startsWith(OFFICIAL) ? repository.slice(OFFICIAL.length) : repository;
  return official.includes('/') ? repository : official;
}

/** The familiar name with tag and digest. */
export function familiarReference(reference: Reference): string {
  return `${familiarName(reference)}${suffix(reference.tag, reference.digest)}`;
}

function suffix(tag: string | undefined, digest: Digest | undefined): string {
  return `${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

/** A colon after the last slash begins a tag; before it, a port. */
function splitTag(text: string): [name: string, tag: string | undefined] {
  const colon = text.indexOf(':', text.lastIndexOf('/') + 1);
  return colon === -1 ? [text, undefined] : [text.slice(0, colon), text.slice(colon + 1)];
}

/** The first component is a registry when it looks like a host: a dot, a port, `localhost`, or an upper-case letter. */
function splitName(name: string, text: string): { registry: string; repository: string } {
  const slash = name.indexOf('/');
  const first = slash === -1 ? '' : name.slice(0, slash);
  const isHost = /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
  const registry = isHost && first !== LEGACY_REGISTRY ? first : DEFAULT_REGISTRY;
  const path = isHost ? name.slice(slash + 1) : name;
  if (path !== path.toLowerCase()) throw invalid(text, 'is not a repository name: repository name must be lowercase');
  if (!PATH.test(path) || !DOMAIN.test(registry))
    throw invalid(text, 'is not a valid reference: invalid reference format');
  const repository = registry === DEFAULT_REGISTRY && !path.includes('/') ? `${OFFICIAL}${path}` : path;
  if (`${registry}/${repository}`.length > NAME_LIMIT) throw invalid(text, `is longer than ${NAME_LIMIT} characters`);
  return { registry, repository };
}

function invalid(text: string, why: string): StratumError {
  return new StratumError('NAME_INVALID', `${JSON.stringify(text.slice(0, 300))} ${why}`);
}
