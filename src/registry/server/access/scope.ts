/** Scopes of tokens: `repository:library/thing:pull,push` (Docker's "Token Scope Documentation"). */

import { isRepository } from '../../../image/reference.js';
import type { Action } from './access.js';

/** What may be done in a repository. */
export interface Scope {
  readonly repository: string;
  readonly actions: readonly Action[];
}

/** More scopes than this are not looked at in one request. */
const SCOPE_LIMIT = 100;
const ACTIONS: readonly Action[] = ['pull', 'push', 'delete'];

/** The scopes of a text in which spaces part them; what is none, or of another kind, is left out. */
export function parseScopes(text: string): readonly Scope[] {
  return text.split(' ').slice(0, SCOPE_LIMIT).flatMap(parseScope);
}

export function formatScope({ repository, actions }: Scope): string {
  return `repository:${repository}:${actions.join(',')}`;
}

function parseScope(text: string): readonly Scope[] {
  const [, repository = '', listed = ''] = /^repository(?:\([a-z]+\))?:([^:]+):([a-z*,]*)$/.exec(text) ?? [];
  if (!isRepository(repository)) return [];
  const names = listed.split(',');
  return [{ repository, actions: ACTIONS.filter((action) => names.includes('*') || names.includes(action)) }];
}
