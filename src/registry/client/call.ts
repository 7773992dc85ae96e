/** One thing that is asked of a registry, whatever it takes to get an answer. */

import type { ErrorCode } from '../../base/error.js';
import type { Digest } from '../../digest/digest.js';
import type { Again } from './retry.js';
import type { HttpBody, HttpMethod } from './transport.js';

/** What a caller gives to whatever may wait. */
export interface CallOptions {
  readonly signal?: AbortSignal;
}

/** What a call is about, for the message of its error. */
export interface CallSubject {
  /** `localhost:5000/app`, with the tag behind it. */
  readonly name: string;
  readonly digest?: Digest;
  /** The code of a 404 that gives none of its own. */
  readonly unknown: ErrorCode;
}

export interface RegistryCall extends CallOptions {
  readonly method: HttpMethod;
  /** A path, or a whole URL that the registry gave. */
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: HttpBody;
  /** What has to be allowed: `repository:library/debian:pull`. */
  readonly scopes: readonly string[];
  /** Statuses that are answers; all others are errors. */
  readonly expect: readonly number[];
  readonly again: Again;
  /** True when a digest that is known says what has to come, so that it may come from anywhere. */
  readonly isVerified?: boolean;
  readonly about: CallSubject;
}

/** An answer; its body is to be read or discarded. */
export interface RegistryAnswer {
  readonly status: number;
  /** By its name in lower case. */
  header(name: string): string | undefined;
  readonly body: AsyncIterable<Uint8Array>;
  /** Lets go of a body that nobody reads. */
  discard(): Promise<void>;
  /** Where the answer came from, after redirects. */
  readonly url: string;
}
