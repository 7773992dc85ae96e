/** What a cache mount is: its id, and what it begins with when it is new. */

export interface CacheMount {
  readonly id: string;
  /** ChainID of the stage that `from` names. */
  readonly from?: string | undefined;
  /** Path in what `from` names. */
  readonly source?: string;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  /** The step that has it for its own, with `sharing=private`. */
  readonly step?: number | undefined;
}

export const CACHE_MODE = 0o755;

/** A text that is the same for the same cache: another owner, mode or beginning asks for another one. */
export function cacheKey({ id, from, source = '/', mode = CACHE_MODE, uid = 0, gid = 0, step }: CacheMount): string {
  return JSON.stringify([id, from ?? '', source, mode, uid, gid, step ?? 0]);
}
