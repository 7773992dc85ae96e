/** What a server asks of one who is not known: `WWW-Authenticate` (RFC 9110, section 11; RFC 6750). */

export interface Challenge {
  /** In lower case: `basic`, `bearer`. */
  readonly scheme: string;
  /** By their names in lower case: `realm`, `service`, `scope`, `error`. */
  readonly parameters: ReadonlyMap<string, string>;
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const PARAMETER = new RegExp(`^\\s*,?\\s*(${TOKEN})\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|(${TOKEN}))`);
const SCHEME = new RegExp(`^[\\s,]*(${TOKEN})(?=\\s|,|$)`);

/** A header longer than this is not read. */
const HEADER_LIMIT = 16 * 1024;

/** The challenges of a header, in order; what does not follow the grammar ends the list. */
export function parseChallenges(header: string | undefined): Challenge[] {
  const challenges: Challenge[] = [];
  let rest = (header ?? '').slice(0, HEADER_LIMIT);
  for (;;) {
    const [scheme, name] = SCHEME.exec(rest) ?? [];
    if (scheme === undefined || name === undefined) return challenges;
    rest = rest.slice(scheme.length);
    const parameters = new Map<string, string>();
    for (let found = PARAMETER.exec(rest); found !== null; found = PARAMETER.exec(rest)) {
      const [whole, key = '', quoted, plain] = found;
      parameters.set(key.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '');
      rest = rest.slice(whole.length);
    }
    challenges.push({ scheme: name.toLowerCase(), parameters });
  }
}

export function formatChallenge(scheme: string, parameters: Readonly<Record<string, string>>): string {
  const spelled = Object.entries(parameters).map(([name, value]) => `${name}="${value.replace(/["\\]/g, '\\$&')}"`);
  return `${scheme} ${spelled.join(',')}`;
}
