/** One request on its way through the registry, and what it goes through. */

import type { BlobStore } from '../../blob/store.js';
import type { Action, Authorize } from './access/access.js';
import type { Gate, Turns } from './gate.js';
import type { RegistryLimits } from './limits.js';
import type { Records } from './records/records.js';
import type { Repository } from './repository.js';
import type { Touched } from './touched.js';
import type { Uploads } from './uploads/uploads.js';

/** What a registry is made of. */
export interface Parts {
  readonly blobs: BlobStore;
  readonly records: Records;
  readonly uploads: Uploads;
  readonly authorize: Authorize;
  readonly limits: RegistryLimits;
  /** Takes manifests whose blobs or manifests are not here. */
  readonly sparse: boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** What adds passes it with others, what clears away alone. */
  readonly gate: Gate;
  /** Manifests and tags of one repository change one after the other. */
  readonly turns: Turns;
  /** Blobs that somebody was told of. */
  readonly touched: Touched;
}

export interface Call {
  readonly request: Request;
  readonly url: URL;
  readonly parts: Parts;
  /** That the path names; of no use where it names none. */
  readonly repository: Repository;
  /** What stands last in the path: a tag, a digest, the id of an upload; else empty. */
  readonly last: string;
  /** True when the caller may do this, in another repository than the one that was asked for. */
  may(action: Action, repository: string): Promise<boolean>;
}

export type Handler = (call: Call) => Promise<Response>;
