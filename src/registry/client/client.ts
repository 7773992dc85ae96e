/** A client of registries (OCI distribution-spec 1.1): one for all of them, with what they share. */

import { StratumError } from '../../base/error.js';
import type { CallOptions } from './call.js';
import { Repository } from './repository.js';
import { type ClientSettings, clientSettings, type RegistryClientOptions } from './settings.js';

/** A registry as a ping found it. */
export interface PingResult {
  /** `https://registry-1.docker.io`. */
  readonly origin: string;
  /** How one is known there: `anonymous` where it asked for nothing, or gave a token for nothing. */
  readonly as: 'anonymous' | 'user';
}

/**
 * Tokens, connections, warnings and the limit of blobs at once are shared by everything that one client does. A call that
 * may wait takes a signal; it fails with the signal's reason.
 */
export class RegistryClient {
  readonly #settings: ClientSettings;

  constructor(options: RegistryClientOptions = {}) {
    this.#settings = clientSettings(options);
  }

  /** A repository; nothing is sent. Fails with NAME_INVALID. Takes what `parseReference` gives. */
  repository(name: { readonly registry: string; readonly repository: string }): Repository {
    return new Repository(this.#settings, name);
  }

  /**
   * Asks a registry whether it is one, with the credentials for it where it wants any (distribution-spec, "Determining
   * Support"): what `login` checks them with. Fails with UNAUTHORIZED, REGISTRY_UNREACHABLE, REGISTRY_INVALID.
   */
  ping(_registry: string, _options: CallOptions = {}): Promise<PingResult> {
    throw new StratumError('UNSUPPORTED', 'not written yet');
  }

  /** The repositories of a registry, where it tells them (`_catalog`; not in the specification). */
  catalog(_registry: string, _options: CallOptions = {}): AsyncIterable<string> {
    throw new StratumError('UNSUPPORTED', 'not written yet');
  }
}
