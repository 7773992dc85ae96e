/** The lists of names that registries give: tags of a repository, repositories of a registry. */

import type { JsonObject } from '../../base/json.js';
import { isRepository, isTag } from '../../image/reference.js';
import { pathOf, pullScope, type RepositoryAccess, subjectOf } from './access.js';
import { invalidAnswer } from './answer-error.js';
import type { CallOptions, RegistryCall } from './call.js';
import type { Connection } from './connection.js';
import { pages } from './pages.js';

export interface TagsOptions extends CallOptions {
  /** Tags that are asked for at once; the server's choice without it. */
  readonly pageSize?: number;
  /** Begins behind this tag. */
  readonly after?: string;
}

export async function* listTags(access: RepositoryAccess, options: TagsOptions): AsyncIterable<string> {
  const { pageSize, after, signal } = options;
  const query = new URLSearchParams();
  if (pageSize !== undefined) query.set('n', `${pageSize}`);
  if (after !== undefined) query.set('last', after);
  yield* listNames(access.connection, 'tags', isTag, {
    target: pathOf(access, `tags/list${query.size === 0 ? '' : `?${query}`}`),
    scopes: [pullScope(access)],
    about: subjectOf(access, 'NAME_UNKNOWN'),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** Not in the specification; registries for many people have none, or want a right of its own for it. */
export async function* listRepositories(connection: Connection, { signal }: CallOptions): AsyncIterable<string> {
  yield* listNames(connection, 'repositories', isRepository, {
    target: '/v2/_catalog',
    scopes: ['registry:catalog:*'],
    about: { name: connection.registry, unknown: 'UNSUPPORTED' },
    ...(signal === undefined ? {} : { signal }),
  });
}

async function* listNames(
  connection: Connection,
  field: string,
  isName: (text: string) => boolean,
  part: Pick<RegistryCall, 'target' | 'scopes' | 'about' | 'signal'>,
): AsyncIterable<string> {
  const call: RegistryCall = { ...part, method: 'GET', expect: [200], again: 'always' };
  for await (const { document } of pages(connection, call)) yield* namesOf(document, field, isName, call);
}

/** Some servers have `null` for a list of none. */
function namesOf(
  document: JsonObject,
  field: string,
  isName: (text: string) => boolean,
  { about }: RegistryCall,
): readonly string[] {
  const names = document[field] ?? [];
  if (Array.isArray(names) && names.every((name) => typeof name === 'string' && isName(name))) return names;
  throw invalidAnswer(about, `a list of ${field} that is none`);
}
