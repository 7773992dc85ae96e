/** What a caller gives to a call that may wait. */

export interface CallOptions {
  readonly signal?: AbortSignal;
}
