/** Credential helpers: programs `docker-credential-NAME` that keep secrets elsewhere (docker-credential-helpers, README). */

import { spawn } from 'node:child_process';
import { StratumError } from '../../base/error.js';
import { isJsonObject, parseJson } from '../../base/json.js';
import type { RegistryCredential } from '../../registry/client/credentials.js';
import type { Environment } from './credentials-file.js';

/** A name, and nothing that leads to another program. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
const OUTPUT_LIMIT_BYTES = 1024 * 1024;
const TIMEOUT_MS = 60_000;
/** In the place of a name: the secret is an identity token. */
const TOKEN_USER = '<token>';
/** What helpers say, on standard output, of what they do not have. */
const NOT_FOUND = /credentials not found/i;

/** Talks to one helper. Secrets go over its standard input and output, never into arguments or errors. */
export class CredentialHelper {
  readonly #name: string;
  readonly #env: Environment;

  constructor(name: string, env: Environment) {
    if (!NAME.test(name)) {
      throw new StratumError(
        'UNAUTHORIZED',
        `${JSON.stringify(name.slice(0, 100))} is not the name of a credential helper`,
      );
    }
    this.#name = name;
    this.#env = env;
  }

  /** `undefined` when it has none. */
  async get(server: string): Promise<RegistryCredential | undefined> {
    const { status, output } = await this.#run('get', server);
    if (status !== 0 && NOT_FOUND.test(output)) return undefined;
    if (status !== 0) throw this.#failed('get', server, output);
    return credentialOf(output) ?? this.#throwUnread(server);
  }

  async store(server: string, { username = '', password, identityToken }: RegistryCredential): Promise<void> {
    const kept =
      identityToken === undefined
        ? { ServerURL: server, Username: username, Secret: password ?? '' }
        : { ServerURL: server, Username: TOKEN_USER, Secret: identityToken };
    const { status, output } = await this.#run('store', JSON.stringify(kept));
    if (status !== 0) throw this.#failed('store', server, output, [kept.Secret]);
  }

  /** False when there was nothing to erase. */
  async erase(server: string): Promise<boolean> {
    const { status, output } = await this.#run('erase', server);
    if (status !== 0 && !NOT_FOUND.test(output)) throw this.#failed('erase', server, output);
    return status === 0;
  }

  #run(verb: string, input: string): Promise<{ readonly status: number; readonly output: string }> {
    const program = `docker-credential-${this.#name}`;
    return new Promise((resolve, reject) => {
      const child = spawn(program, [verb], { env: this.#env as NodeJS.ProcessEnv, stdio: ['pipe', 'pipe', 'ignore'] });
      // What it started may live on; nobody reads from that any more, and nobody waits for it.
      const stop = (): void => {
        child.kill('SIGKILL');
        child.stdout.destroy();
      };
      const timer = setTimeout(stop, TIMEOUT_MS);
      const chunks: Buffer[] = [];
      let size = 0;
      child.stdout.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > OUTPUT_LIMIT_BYTES) stop();
        else chunks.push(chunk);
      });
      child.on('error', (error: NodeJS.ErrnoException) => {
        clearTimeout(timer);
        const why = error.code === 'ENOENT' ? 'is not on the path' : `cannot be run (${error.code})`;
        reject(new StratumError('UNAUTHORIZED', `the credential helper ${program} ${why}`));
      });
      child.on('close', (status) => {
        clearTimeout(timer);
        // One that had to be stopped has said nothing that can be told from a secret.
        if (status === null) resolve({ status: 1, output: '' });
        else resolve({ status, output: Buffer.concat(chunks).toString() });
      });
      // One that does not read what it is told says why in its own way.
      child.stdin.on('error', () => undefined);
      child.stdin.end(input);
    });
  }

  /** A helper that fails tells why where it would have told the secret. */
  #failed(verb: string, server: string, output: string, secrets: readonly string[] = []): StratumError {
    const [line = ''] = output.split('\n');
    const isSafe = !line.includes('{') && !secrets.some((secret) => secret !== '' && line.includes(secret));
    const why = isSafe && line.trim() !== '' ? `: ${line.trim().slice(0, 200)}` : '';
    return new StratumError('UNAUTHORIZED', `docker-credential-${this.#name} ${verb} failed for ${server}${why}`);
  }

  #throwUnread(server: string): never {
    throw new StratumError('UNAUTHORIZED', `docker-credential-${this.#name} gave no credentials for ${server}`);
  }
}

function credentialOf(output: string): RegistryCredential | undefined {
  let value: unknown;
  try {
    value = parseJson(Buffer.from(output));
  } catch {
    return undefined;
  }
  if (!isJsonObject(value)) return undefined;
  const { Username: username, Secret: secret } = value as { readonly Username?: unknown; readonly Secret?: unknown };
  if (typeof username !== 'string' || typeof secret !== 'string') return undefined;
  return username === TOKEN_USER ? { identityToken: secret } : { username, password: secret };
}
