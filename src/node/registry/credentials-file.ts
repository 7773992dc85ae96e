/** Docker's config file: where it is, what it says of credentials, and how it is replaced. */

import { randomUUID } from 'node:crypto';
import { promises as fs } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { StratumError } from '../../base/error.js';
import { isJsonObject, type JsonObject, type JsonValue, parseJsonObject } from '../../base/json.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A config is small; whatever is not is none. */
const FILE_LIMIT_BYTES = 4 * 1024 * 1024;

/** The file that is told, else `REGISTRY_AUTH_FILE`, else `config.json` in `DOCKER_CONFIG` or in `~/.docker`. */
export function credentialsFile(file: string | undefined, env: Environment): string {
  if (file !== undefined) return file;
  if (env['REGISTRY_AUTH_FILE']) return env['REGISTRY_AUTH_FILE'];
  return join(env['DOCKER_CONFIG'] || join(env['HOME'] || homedir(), '.docker'), 'config.json');
}

/** The config; an empty one where there is no file. What is wrong with it is told without a word of what it holds. */
export async function readConfig(file: string): Promise<JsonObject> {
  const bytes = await fs.readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  });
  if (bytes === undefined || bytes.length === 0) return {};
  if (bytes.length > FILE_LIMIT_BYTES) {
    throw new StratumError('LIMIT_EXCEEDED', `a config of more than ${FILE_LIMIT_BYTES} bytes`, { file });
  }
  try {
    return parseJsonObject(bytes);
  } catch (error) {
    if (!(error instanceof StratumError)) throw error;
    throw new StratumError('JSON_INVALID', 'not a config of Docker: it is no JSON object', { file });
  }
}

/** An object in the config, by its name; empty where it is none. */
export function section(config: JsonObject, name: string): JsonObject {
  const value = own(config, name);
  return isJsonObject(value) ? value : {};
}

/** A value under a key of somebody else's choice. */
export function own(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/**
 * Changes the config in one step: a file of mode 0600 takes the place of the old one, where a link leads to it too. It is
 * spelled as Docker spells it, and keeps the order of its keys.
 */
export async function updateConfig(file: string, change: (config: JsonObject) => JsonObject): Promise<void> {
  const config = await readConfig(file);
  const changed = change(config);
  if (changed === config) return;
  const target = await fs.realpath(file).catch(() => file);
  await fs.mkdir(dirname(target), { recursive: true, mode: 0o700 });
  const temporary = `${target}.${randomUUID()}.tmp`;
  try {
    const handle = await fs.open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(changed, undefined, '\t')}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await fs.rename(temporary, target);
  } catch (error) {
    await fs.rm(temporary, { force: true });
    throw error;
  }
}
