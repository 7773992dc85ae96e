/** The port for credentials: who one is at a registry. A memory one is here; Docker's config file is read in `src/node`. */

export interface RegistryCredential {
  readonly username?: string;
  readonly password?: string;
  /** A token to get tokens with, in the place of a password (OAuth 2: a refresh token). */
  readonly identityToken?: string;
  /** A token for the registry itself, sent as it is. */
  readonly registryToken?: string;
}

/** Registries are spelled as references spell them: `docker.io`, `ghcr.io`, `localhost:5000`. */
export interface CredentialSource {
  /** `undefined` where nothing is known: one is then anonymous. */
  lookup(registry: string): Promise<RegistryCredential | undefined>;
}

/** A source that can be told: what `login` and `logout` need. */
export interface CredentialStore extends CredentialSource {
  store(registry: string, credential: RegistryCredential): Promise<void>;
  /** False when there was nothing to forget. */
  erase(registry: string): Promise<boolean>;
}

/** Credentials in memory; gone with the process. */
export class MemoryCredentials implements CredentialStore {
  readonly #known: Map<string, RegistryCredential>;

  constructor(known: Readonly<Record<string, RegistryCredential>> = {}) {
    this.#known = new Map(Object.entries(known));
  }

  async lookup(registry: string): Promise<RegistryCredential | undefined> {
    return this.#known.get(registry);
  }

  async store(registry: string, credential: RegistryCredential): Promise<void> {
    this.#known.set(registry, credential);
  }

  async erase(registry: string): Promise<boolean> {
    return this.#known.delete(registry);
  }
}
