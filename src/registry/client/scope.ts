/** What a token allows: `repository:library/debian:pull,push` (distribution, "Token Scope Documentation"). */

/** `repository:NAME:ACTIONS`. */
export function repositoryScope(name: string, ...actions: readonly ('pull' | 'push' | 'delete')[]): string {
  return `repository:${name}:${actions.join(',')}`;
}

/** Scopes with the actions of each resource joined, sorted: equal rights have one spelling. */
export function joinScopes(scopes: Iterable<string>): string[] {
  const actions = new Map<string, Set<string>>();
  for (const scope of scopes) {
    const colon = scope.lastIndexOf(':');
    if (colon <= 0) continue;
    const resource = scope.slice(0, colon);
    const known = actions.get(resource) ?? new Set();
    for (const action of scope.slice(colon + 1).split(',')) if (action !== '') known.add(action);
    actions.set(resource, known);
  }
  return [...actions].map(([resource, names]) => `${resource}:${[...names].sort().join(',')}`).sort();
}

/** True when what is held allows all that is wanted. */
export function covers(held: readonly string[], wanted: readonly string[]): boolean {
  return joinScopes([...held, ...wanted]).join(' ') === joinScopes(held).join(' ');
}
