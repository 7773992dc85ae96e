/** The port that says who may do what. */

export type Action = 'pull' | 'push' | 'delete';

/** What a request wants to do. */
export interface Ask {
  /** The header as it came. */
  readonly authorization: string | undefined;
  /** None for what concerns no single repository: the ping, and the list of all. */
  readonly repository: string | undefined;
  readonly action: Action;
  /** A repository that a blob is to be mounted from. Who may not read it may still push: no reason to deny. */
  readonly mountFrom: string | undefined;
  /** Where the registry is, as this caller sees it: `https://example.org`. */
  readonly origin: string;
}

export type Verdict =
  | { readonly kind: 'granted' }
  /** Not by this caller; by one who answers the challenge perhaps (`WWW-Authenticate`). */
  | { readonly kind: 'unknown'; readonly challenge: string }
  | { readonly kind: 'denied' };

export type Authorize = (ask: Ask) => Promise<Verdict>;

export const GRANTED: Verdict = { kind: 'granted' };
export const DENIED: Verdict = { kind: 'denied' };

/** Everybody may do everything. */
export const openToAll: Authorize = async () => GRANTED;
