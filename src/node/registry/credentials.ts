/** Docker's credentials: its config file, and the helper programs that the file names. */

import { StratumError } from '../../base/error.js';
import type { CredentialStore, RegistryCredential } from '../../registry/client/credentials.js';

export interface DockerCredentialsOptions {
  /** The file to use, whatever the environment says (`--authfile`). */
  readonly file?: string;
  /** `REGISTRY_AUTH_FILE`, `DOCKER_CONFIG` and `HOME` are read, and helpers are found by `PATH`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * A helper comes before the file. Where none is named, the file holds the credentials: it is replaced in one step, with
 * mode 0600, and whatever else is in it stays.
 */
export class DockerCredentials implements CredentialStore {
  /** Where the config file is, or would be. */
  readonly file: string;

  constructor(options: DockerCredentialsOptions = {}) {
    this.file = options.file ?? '';
  }

  lookup(_registry: string): Promise<RegistryCredential | undefined> {
    throw new StratumError('UNSUPPORTED', 'not written yet');
  }

  /** Where `store` would keep them: the name of a helper, or `undefined` for the file. */
  helperFor(_registry: string): Promise<string | undefined> {
    throw new StratumError('UNSUPPORTED', 'not written yet');
  }

  store(_registry: string, _credential: RegistryCredential): Promise<void> {
    throw new StratumError('UNSUPPORTED', 'not written yet');
  }

  erase(_registry: string): Promise<boolean> {
    throw new StratumError('UNSUPPORTED', 'not written yet');
  }
}
