/** What speaks to registries for the command line: with Docker's credentials, and what a call says of itself. */

import { type Command, InvalidArgumentError } from 'commander';
import { DockerCredentials } from '../../node/registry/credentials.js';
import { RegistryClient } from '../../registry/client/client.js';
import type { CredentialSource, CredentialStore, RegistryCredential } from '../../registry/client/credentials.js';
import { write } from '../io.js';
import { ask } from '../secret.js';
import type { Session } from '../session.js';
import { visibleText } from '../visible-text.js';

export interface RegistryFlags {
  readonly tlsVerify?: boolean;
  readonly authfile?: string;
  /** `user[:password]`. */
  readonly creds?: string;
}

/** Options that every verb on a registry takes; skopeo and podman spell them so. */
export function registryOptions(command: Command): Command {
  return connectionOptions(command).option(
    '--creds <user[:password]>',
    "for this call alone; whoever lists processes sees a password: 'stratum login' keeps it from them",
  );
}

/** The options of those who have the credentials from elsewhere. */
export function connectionOptions(command: Command): Command {
  return command
    .option('--tls-verify [bool]', 'false: certificates are not judged, and plain HTTP will do', parseBool)
    .option(
      '--authfile <file>',
      "where credentials are kept (default: $REGISTRY_AUTH_FILE, else Docker's config.json)",
    );
}

export async function registryClient(session: Session, flags: RegistryFlags): Promise<RegistryClient> {
  const given = flags.creds === undefined ? undefined : await parseCreds(flags.creds, session);
  return clientFor(
    session,
    flags,
    given === undefined ? credentialStore(session, flags) : { lookup: async () => given },
  );
}

export function clientFor(session: Session, flags: RegistryFlags, credentials: CredentialSource): RegistryClient {
  return new RegistryClient({
    credentials,
    ...(flags.tlsVerify === undefined ? {} : { verifyTls: flags.tlsVerify }),
    onWarning: ({ registry, text }) => void write(session.io.stderr, `WARNING: ${registry}: ${visibleText(text)}\n`),
    signal: session.io.signal,
  });
}

export function credentialStore(session: Session, { authfile }: RegistryFlags): CredentialStore & DockerCredentials {
  return new DockerCredentials({
    env: session.io.env,
    ...(authfile === undefined ? {} : { file: session.hostPath(authfile) }),
  });
}

async function parseCreds(text: string, session: Session): Promise<RegistryCredential> {
  const colon = text.indexOf(':');
  if (colon >= 0) return { username: text.slice(0, colon), password: text.slice(colon + 1) };
  return { username: text, password: await ask(session.io, 'Password: ', { isHidden: true }) };
}

function parseBool(text: string): boolean {
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  throw new InvalidArgumentError('It is true or false.');
}
