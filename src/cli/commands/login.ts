/** `login`, `logout`: who one is at a registry, kept where Docker keeps it. */

import type { Command } from 'commander';
import { StratumError } from '../../base/error.js';
import { MemoryCredentials, type RegistryCredential } from '../../registry/client/credentials.js';
import { withExamples } from '../help.js';
import { write } from '../io.js';
import { clientFor, connectionOptions, credentialStore, type RegistryFlags } from '../registry/client.js';
import { ask, readPipedSecret } from '../secret.js';
import type { Session } from '../session.js';
import { UsageError } from '../usage.js';
import type { VerbModule } from '../verbs.js';

interface LoginFlags extends RegistryFlags {
  readonly username?: string;
  readonly password?: string;
  readonly passwordStdin?: boolean;
}

const DEFAULT_REGISTRY = 'docker.io';
const LEGACY_NAMES: readonly string[] = ['index.docker.io', 'registry-1.docker.io'];

export const verbs: VerbModule['verbs'] = { login, logout };

function login(command: Command, session: Session): void {
  connectionOptions(command)
    .argument('[registry]', 'host, with a port if it has one (default: docker.io)')
    .option('-u, --username <user>', 'asked for without it')
    .option('-p, --password <password>', 'whoever lists processes sees it: --password-stdin keeps it from them')
    .option('--password-stdin', 'the password is what standard input says')
    .action(async (registry: string | undefined, flags: LoginFlags) => {
      const host = registryHost(registry);
      const store = credentialStore(session, flags);
      const credential = await credentialOf(host, flags, session);
      const { as } = await clientFor(session, flags, new MemoryCredentials({ [host]: credential })).ping(host);
      if (as === 'anonymous') await write(session.io.stderr, `WARNING: ${host} asked for no credentials\n`);
      const helper = await store.helperFor(host);
      await store.store(host, credential);
      if (helper === undefined) {
        await write(session.io.stderr, `WARNING: the credentials are kept unencrypted in ${store.file}\n`);
      }
      await session.print('Login Succeeded\n');
    });
  withExamples(command, [
    ['stratum login -u alice 127.0.0.1:5000', 'asks for the password'],
    ['stratum login -u alice --password-stdin 127.0.0.1:5000 < password', 'in a script'],
  ]);
}

function logout(command: Command, session: Session): void {
  command
    .argument('[registry]', 'host (default: docker.io)')
    .option('--authfile <file>', "where credentials are kept (default: $REGISTRY_AUTH_FILE, else Docker's config.json)")
    .action(async (registry: string | undefined, flags: RegistryFlags) => {
      const host = registryHost(registry);
      if (await credentialStore(session, flags).erase(host)) {
        await session.print(`Removing login credentials for ${host}\n`);
      } else await session.print(`Not logged in to ${host}\n`);
    });
  withExamples(command, [['stratum logout 127.0.0.1:5000', 'forgets the credentials for it']]);
}

async function credentialOf(host: string, flags: LoginFlags, session: Session): Promise<RegistryCredential> {
  const { io } = session;
  if (flags.passwordStdin === true) {
    if (flags.password !== undefined) throw new UsageError('--password and --password-stdin exclude each other');
    if (flags.username === undefined) throw new UsageError('--password-stdin needs a user', 'Add -u USER.');
    return checked({ username: flags.username, password: await readPipedSecret(io) });
  }
  if (flags.password !== undefined) {
    await write(io.stderr, 'WARNING: a password on the command line can be seen by others: use --password-stdin\n');
  }
  const username = flags.username ?? (await ask(io, `Username for ${host}: `, { isHidden: false }));
  return checked({ username, password: flags.password ?? (await ask(io, 'Password: ', { isHidden: true })) });
}

function checked(credential: { readonly username: string; readonly password: string }): RegistryCredential {
  if (credential.username === '' || credential.password === '') {
    throw new StratumError('UNAUTHORIZED', 'user name and password must not be empty');
  }
  return credential;
}

/** Users write addresses: what is before and behind the host is left out. */
function registryHost(text: string | undefined): string {
  const host = (text ?? DEFAULT_REGISTRY).replace(/^https?:\/\//, '').replace(/\/.*$/, '');
  return LEGACY_NAMES.includes(host) ? DEFAULT_REGISTRY : host;
}
