/** Options of the verbs that speak to registries. */

import type { Command } from 'commander';

export interface RegistryFlags {
  /** `true` or `false`, as skopeo and podman spell it. */
  readonly tlsVerify?: string;
  readonly authfile?: string;
  /** `user:password`. */
  readonly creds?: string;
}

export function registryOptions(command: Command): Command {
  return command
    .option('--tls-verify [bool]', 'false: plain HTTP and certificates that nobody vouches for are taken')
    .option('--authfile <file>', "where credentials are (default: $REGISTRY_AUTH_FILE, else Docker's config.json)")
    .option('--creds <user[:password]>', 'for this call; other users of the machine can see it: better log in');
}
