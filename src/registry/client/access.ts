/** What the calls on one repository share. */

import type { ErrorCode } from '../../base/error.js';
import type { Digest } from '../../digest/digest.js';
import type { CallSubject } from './call.js';
import type { Connection } from './connection.js';
import { repositoryScope } from './scope.js';
import type { Slots } from './slots.js';

export interface RepositoryAccess {
  readonly connection: Connection;
  /** Path in the registry. */
  readonly name: string;
  /** Blobs that are read at once, of all repositories of a client; and those that are written. */
  readonly reads: Slots;
  readonly writes: Slots;
}

/** Reading waits for slots of reading only, so that a blob on its way from one registry to another never waits for itself. */
export function pathOf({ name }: RepositoryAccess, rest: string): string {
  return `/v2/${name}/${rest}`;
}

export function pullScope({ name }: RepositoryAccess): string {
  return repositoryScope(name, 'pull');
}

export function pushScope({ name }: RepositoryAccess): string {
  return repositoryScope(name, 'pull', 'push');
}

export function deleteScope({ name }: RepositoryAccess): string {
  return repositoryScope(name, 'pull', 'delete');
}

/** What a call is about: the repository, and what of it. */
export function subjectOf(
  { connection: { registry }, name }: RepositoryAccess,
  unknown: ErrorCode,
  what: { readonly tag?: string; readonly digest?: Digest } = {},
): CallSubject {
  const tag = what.tag === undefined ? '' : `:${what.tag}`;
  return { name: `${registry}/${name}${tag}`, unknown, ...(what.digest === undefined ? {} : { digest: what.digest }) };
}
