/** `docker://` before a name: how tools say that it is meant in its registry, not in the store. */

const SCHEME = 'docker://';

export function isRemote(text: string): boolean {
  return text.startsWith(SCHEME);
}

/** The name itself. */
export function registryText(text: string): string {
  return isRemote(text) ? text.slice(SCHEME.length) : text;
}
