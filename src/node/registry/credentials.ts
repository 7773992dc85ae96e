/** Docker's credentials: its config file, and the helper programs that the file names. */

import type { JsonObject, JsonValue } from '../../base/json.js';
import { isJsonObject } from '../../base/json.js';
import type { CredentialStore, RegistryCredential } from '../../registry/client/credentials.js';
import { CredentialHelper } from './credential-helper.js';
import { credentialsFile, type Environment, own, readConfig, section, updateConfig } from './credentials-file.js';

export interface DockerCredentialsOptions {
  /** The file to use, whatever the environment says (`--authfile`). */
  readonly file?: string;
  /** `REGISTRY_AUTH_FILE`, `DOCKER_CONFIG` and `HOME` are read, and helpers found by `PATH`; the process's without it. */
  readonly env?: Environment;
}

/** How Docker spells its own registry in the file. */
const HUB_KEY = 'https://index.docker.io/v1/';
/** How others do. */
const HUB_HOSTS: ReadonlySet<string> = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io']);

/**
 * A helper comes before the file. Where none is named, the file holds the credentials: it is replaced in one step, with
 * mode 0600, and whatever else is in it stays.
 */
export class DockerCredentials implements CredentialStore {
  /** Where the config file is, or would be. */
  readonly file: string;
  readonly #env: Environment;

  constructor(options: DockerCredentialsOptions = {}) {
    this.#env = options.env ?? process.env;
    this.file = credentialsFile(options.file, this.#env);
  }

  async lookup(registry: string): Promise<RegistryCredential | undefined> {
    const config = await readConfig(this.file);
    const helper = this.#helper(config, registry);
    // What a file from before the helper has is still good.
    return (await helper?.get(keyOf(registry))) ?? entryOf(config, registry);
  }

  /** Where `store` keeps them: the name of a helper, or `undefined` for the file. */
  async helperFor(registry: string): Promise<string | undefined> {
    return helperName(await readConfig(this.file), registry);
  }

  async store(registry: string, credential: RegistryCredential): Promise<void> {
    const key = keyOf(registry);
    const helper = this.#helper(await readConfig(this.file), registry);
    await helper?.store(key, credential);
    // With a helper the file only says that there is something, as Docker has it.
    const entry = helper === undefined ? formatEntry(credential) : {};
    await updateConfig(this.file, (config) => ({
      ...config,
      auths: { ...withoutEntries(config, registry), [key]: entry },
    }));
  }

  async erase(registry: string): Promise<boolean> {
    const before = await readConfig(this.file);
    const erased = (await this.#helper(before, registry)?.erase(keyOf(registry))) ?? false;
    const isInFile = Object.keys(section(before, 'auths')).some((key) => isKeyOf(key, registry));
    if (isInFile) {
      await updateConfig(this.file, (config) => ({ ...config, auths: withoutEntries(config, registry) }));
    }
    return erased || isInFile;
  }

  #helper(config: JsonObject, registry: string): CredentialHelper | undefined {
    const name = helperName(config, registry);
    return name === undefined ? undefined : new CredentialHelper(name, this.#env);
  }
}

function keyOf(registry: string): string {
  return registry === 'docker.io' ? HUB_KEY : registry;
}

/** Keys are hosts; older ones are URLs. */
function isKeyOf(key: string, registry: string): boolean {
  const host = key.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
  return registry === 'docker.io' ? HUB_HOSTS.has(host) : host === registry;
}

/** The helper of a registry, else the one of all. */
function helperName(config: JsonObject, registry: string): string | undefined {
  const helpers = section(config, 'credHelpers');
  const key = Object.keys(helpers).find((each) => isKeyOf(each, registry));
  const name = key === undefined ? own(config, 'credsStore') : own(helpers, key);
  return typeof name === 'string' && name !== '' ? name : undefined;
}

/** The way Docker looks: the very key first, then any that comes to the same host. */
function entryOf(config: JsonObject, registry: string): RegistryCredential | undefined {
  const auths = section(config, 'auths');
  const keys = [keyOf(registry), ...Object.keys(auths).filter((key) => isKeyOf(key, registry))];
  for (const key of keys) {
    const credential = parseEntry(own(auths, key));
    if (credential !== undefined) return credential;
  }
  return undefined;
}

function withoutEntries(config: JsonObject, registry: string): JsonObject {
  const entries = Object.entries(section(config, 'auths'));
  return Object.fromEntries(entries.filter(([key]) => !isKeyOf(key, registry)));
}

function parseEntry(entry: JsonValue | undefined): RegistryCredential | undefined {
  if (!isJsonObject(entry)) return undefined;
  const identityToken = textOf(entry['identitytoken']);
  const registryToken = textOf(entry['registrytoken']);
  const [username, password] = namesOf(entry);
  const credential = {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(identityToken === undefined ? {} : { identityToken }),
    ...(registryToken === undefined ? {} : { registryToken }),
  };
  const isSecret = password !== undefined || identityToken !== undefined || registryToken !== undefined;
  return isSecret ? credential : undefined;
}

/** Name and password are in `auth`, base64 of both with a colon between; or as they are, in files that people wrote. */
function namesOf(entry: JsonObject): readonly [string | undefined, string | undefined] {
  const auth = textOf(entry['auth']);
  if (auth === undefined) return [textOf(entry['username']), textOf(entry['password'])];
  const text = Buffer.from(auth, 'base64').toString().replace(/\0+$/, '');
  const colon = text.indexOf(':');
  return colon === -1 ? [undefined, undefined] : [text.slice(0, colon), textOf(text.slice(colon + 1))];
}

function formatEntry({ username = '', password = '', identityToken, registryToken }: RegistryCredential): JsonObject {
  const auth = Buffer.from(`${username}:${identityToken === undefined ? password : ''}`).toString('base64');
  return {
    ...(username === '' && password === '' ? {} : { auth }),
    ...(identityToken === undefined ? {} : { identitytoken: identityToken }),
    ...(registryToken === undefined ? {} : { registrytoken: registryToken }),
  };
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
