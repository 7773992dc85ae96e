/** What a container runs, by its config: program, variables, directory, user (image-spec, config.md, "config"). */

import { StratumError } from '../../base/error.js';
import type { JsonObject, JsonValue } from '../../base/json.js';
import type { RunRequest } from '../../build/runtime.js';
import { imageOf } from '../commit.js';
import { applyConfigChanges } from '../config-changes.js';
import type { EngineContext } from '../context.js';
import type { ContainerRecord } from '../state.js';

export type ContainerCommand = Pick<RunRequest, 'argv' | 'env' | 'cwd' | 'user'>;

/** The longest that a timer can wait: containers have no time limit. */
export const NO_LIMIT_MS: number = 2 ** 31 - 1;
const SHORT_ID = 12;
const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export interface CommandPlace {
  readonly hostname: string;
  readonly terminal: boolean;
}

/** Fails with USAGE when there is nothing to run. */
export function containerCommand(config: JsonObject, place: CommandPlace): ContainerCommand {
  const argv = [...words(config['Entrypoint']), ...words(config['Cmd'])];
  if (argv.length === 0)
    throw new StratumError('USAGE', 'no command specified: the image has none, and none was given');
  return { argv, ...surroundings(config, place) };
}

/** Everything of a command but what it is. */
export function surroundings(config: JsonObject, place: CommandPlace): Omit<ContainerCommand, 'argv'> {
  const env: Record<string, string> = {
    PATH: DEFAULT_PATH,
    HOSTNAME: place.hostname,
    ...(place.terminal && { TERM: 'xterm' }),
    ...variables(words(config['Env'])),
  };
  const { WorkingDir: cwd, User: user } = config;
  return { env, cwd: typeof cwd === 'string' && cwd !== '' ? cwd : '/', user: typeof user === 'string' ? user : '' };
}

/** `NAME=value` pairs as a record. */
function variables(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

function words(value: JsonValue | undefined): readonly string[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly JsonValue[]).filter((word) => typeof word === 'string');
}

/** The config of a container: its image's, and what it was created with. */
export async function configOf(context: EngineContext, record: ContainerRecord): Promise<JsonObject> {
  return applyConfigChanges((await imageOf(context, record)).config.config, record.changes);
}

export function hostnameOf({ id, settings }: ContainerRecord): string {
  return settings?.hostname ?? id.slice(0, SHORT_ID);
}
