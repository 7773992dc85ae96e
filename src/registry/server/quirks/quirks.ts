/** Registries that misbehave, for tests of clients: a handler, and what is wrong with it, by name. */

import type { RequestHandler } from '../registry.js';
import { cutBody, endlessBody, longerBody, shorterBody, slowBody, stalledBody, wrongBytes } from './bodies.js';
import { hugeJson, manifestAndIndex } from './documents.js';
import { cutAnswer, cutConnection, flaky, serverError, tooMany } from './flaky.js';
import { lyingDigest, noDigest, noHead, noRanges, warning, wrongRange } from './headers.js';
import { basicLoop, bearerLoop, linkLoop, realmElsewhere, redirectElsewhere, redirectLoop } from './loops.js';
import type { Quirk, QuirkSettings } from './quirk.js';
import { registry28 } from './registry-2.8.js';
import { noMount, noReferrers, noSinglePost } from './servers.js';

export type QuirkName =
  /** All that Docker's registry 2.8 does otherwise than the specification. */
  | 'registry-2.8'
  /** A plain 404 for referrers, no OCI-Subject. */
  | 'no-referrers'
  /** A 202 for every mount. */
  | 'no-mount'
  /** A 202 for a POST with the whole blob. */
  | 'no-single-post'
  /** A 405 for HEAD of manifests and blobs. */
  | 'no-head'
  /** The whole blob for a range. */
  | 'no-ranges'
  /** No Docker-Content-Digest. */
  | 'no-digest'
  /** A Warning in every answer. */
  | 'warning'
  /** A 307 to the same path on `elsewhere`, for blobs. */
  | 'redirect-elsewhere'
  /** By chance (`seed`, `rate`) a 429, 500, 503, or a cut before or within an answer. */
  | 'flaky'
  /** A 429 with `retryAfter`. */
  | 'too-many'
  /** A 500. */
  | 'server-error'
  /** No answer, and nothing is done. */
  | 'cut-connection'
  /** No answer, though it is done. */
  | 'cut-answer'
  /** A blob that breaks off after `afterBytes`. */
  | 'cut-body'
  /** A blob that stops after `afterBytes`, and the connection stays. */
  | 'stalled-body'
  /** A blob in pieces of 1 KiB, `delayMs` apart. */
  | 'slow-body'
  /** A blob of the right size with other content. */
  | 'wrong-bytes'
  /** A blob that is too long, without Content-Length. */
  | 'longer-body'
  /** A blob that ends after `afterBytes`, without Content-Length. */
  | 'shorter-body'
  /** A blob that never ends. */
  | 'endless-body'
  /** Docker-Content-Digest of something else. */
  | 'lying-digest'
  /** Content-Range of other bytes than those that come. */
  | 'wrong-range'
  /** Documents of `sizeBytes`. */
  | 'huge-json'
  /** Manifests that are indexes as well. */
  | 'manifest-and-index'
  /** Tokens are to be had, and never good enough. */
  | 'bearer-loop'
  /** No password is right. */
  | 'basic-loop'
  /** The realm of tokens is on `elsewhere`. */
  | 'realm-elsewhere'
  /** Blobs are always at the next place. */
  | 'redirect-loop'
  /** The next page of a list is the same page. */
  | 'link-loop';

const QUIRKS: Readonly<Record<QuirkName, Quirk>> = {
  'registry-2.8': registry28,
  'no-referrers': noReferrers,
  'no-mount': noMount,
  'no-single-post': noSinglePost,
  'no-head': noHead,
  'no-ranges': noRanges,
  'no-digest': noDigest,
  warning: warning,
  'redirect-elsewhere': redirectElsewhere,
  flaky: flaky,
  'too-many': tooMany,
  'server-error': serverError,
  'cut-connection': cutConnection,
  'cut-answer': cutAnswer,
  'cut-body': cutBody,
  'stalled-body': stalledBody,
  'slow-body': slowBody,
  'wrong-bytes': wrongBytes,
  'longer-body': longerBody,
  'shorter-body': shorterBody,
  'endless-body': endlessBody,
  'lying-digest': lyingDigest,
  'wrong-range': wrongRange,
  'huge-json': hugeJson,
  'manifest-and-index': manifestAndIndex,
  'bearer-loop': bearerLoop,
  'basic-loop': basicLoop,
  'realm-elsewhere': realmElsewhere,
  'redirect-loop': redirectLoop,
  'link-loop': linkLoop,
};

/** Every quirk by its name. */
export const QUIRK_NAMES: readonly QuirkName[] = Object.keys(QUIRKS) as QuirkName[];

const DEFAULTS: QuirkSettings = {
  seed: 1,
  paths: undefined,
  times: Number.POSITIVE_INFINITY,
  rate: 0.3,
  afterBytes: 100,
  delayMs: 10,
  sizeBytes: 1024 * 1024 * 1024,
  elsewhere: 'http://registry.invalid',
  retryAfter: '1',
};

/**
 * A handler with one quirk around it; two are had by doing it twice. What is left to chance is the same for the same
 * seed and the same requests. A cut connection is a rejected `fetch`, or a body that fails.
 */
export function withQuirk(
  handler: RequestHandler,
  quirk: QuirkName,
  settings: Partial<QuirkSettings> = {},
): RequestHandler {
  return QUIRKS[quirk](handler, { ...DEFAULTS, ...settings });
}
