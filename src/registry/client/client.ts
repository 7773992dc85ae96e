/** A client of registries (OCI distribution-spec 1.1): one for all of them, with what they share. */

import { StratumError } from '../../base/error.js';
import { isRepository, parseReference } from '../../image/reference.js';
import type { CallOptions } from './call.js';
import { Connection } from './connection.js';
import { listRepositories } from './names.js';
import { Repository } from './repository.js';
import { type ClientSettings, clientSettings, type RegistryClientOptions } from './settings.js';
import { Slots } from './slots.js';
import { Warnings } from './warnings.js';

/** A registry as a ping found it. */
export interface PingResult {
  /** `https://registry-1.docker.io`. */
  readonly origin: string;
  /** How one is known there: `anonymous` where it asks for nobody, or lets everybody in. */
  readonly as: 'anonymous' | 'user';
}

/**
 * Tokens, connections, warnings and the limit of blobs at once are shared by everything that one client does. A call that
 * may wait takes a signal; it fails with the signal's reason.
 */
export class RegistryClient {
  readonly #settings: ClientSettings;
  readonly #warnings: Warnings;
  readonly #reads: Slots;
  readonly #writes: Slots;
  readonly #connections: Map<string, Connection> = new Map();

  constructor(options: RegistryClientOptions = {}) {
    this.#settings = clientSettings(options);
    this.#warnings = new Warnings(this.#settings.onWarning);
    this.#reads = new Slots(this.#settings.concurrency);
    this.#writes = new Slots(this.#settings.concurrency);
  }

  /** A repository; nothing is sent. Takes what `parseReference` gives; fails with NAME_INVALID. */
  repository({ registry, repository }: { readonly registry: string; readonly repository: string }): Repository {
    if (!isRepository(repository)) {
      throw new StratumError('NAME_INVALID', `${JSON.stringify(repository.slice(0, 300))} is not a repository name`);
    }
    const connection = this.#connection(registry);
    return new Repository({ connection, name: repository, reads: this.#reads, writes: this.#writes });
  }

  /**
   * Asks a registry whether it is one, with the credentials for it where it wants any (distribution-spec, "Determining
   * Support"): what `login` checks them with. Fails with UNAUTHORIZED, REGISTRY_UNREACHABLE, REGISTRY_INVALID.
   */
  async ping(registry: string, options: CallOptions = {}): Promise<PingResult> {
    const connection = this.#connection(registry);
    const answer = await connection.send({
      ...options,
      method: 'GET',
      target: '/v2/',
      scopes: [],
      expect: [200],
      again: 'always',
      about: { name: registry, unknown: 'REGISTRY_INVALID' },
    });
    await answer.discard();
    const { origin, isKnown } = await connection.known();
    return { origin, as: isKnown ? 'user' : 'anonymous' };
  }

  /** The repositories of a registry, where it tells them (`_catalog`; not in the specification). */
  catalog(registry: string, options: CallOptions = {}): AsyncIterable<string> {
    return listRepositories(this.#connection(registry), options);
  }

  #connection(registry: string): Connection {
    const known = this.#connections.get(registry);
    if (known !== undefined) return known;
    // Whatever is no host is no registry: what would be taken for another, or for a part of a path.
    if (parseReference(`${registry}/name`).registry !== registry) {
      throw new StratumError('NAME_INVALID', `${JSON.stringify(registry.slice(0, 300))} is not a registry`);
    }
    const connection = new Connection(registry, this.#settings, this.#warnings);
    this.#connections.set(registry, connection);
    return connection;
  }
}
