/** The part of an image config that a user may set (OCI image-spec, config.md, "config"), merged into what is there. */

import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.js';
import type { ConfigChanges } from './records.js';

/** The `config` object of an image config with the changes in it; what is not changed is kept, known or not. */
export function applyConfigChanges(config: JsonObject, changes: ConfigChanges): JsonObject {
  return defined({
    ...config,
    Cmd: changes.cmd ?? (changes.entrypoint === undefined ? config['Cmd'] : undefined),
    Entrypoint: changes.entrypoint ?? config['Entrypoint'],
    Env: changes.env === undefined ? config['Env'] : mergeEnv(config['Env'], changes.env),
    Labels: mergeKeys(config['Labels'], changes.labels),
    ExposedPorts: mergeKeys(config['ExposedPorts'], emptyObjects(changes.exposedPorts)),
    Volumes: mergeKeys(config['Volumes'], emptyObjects(changes.volumes)),
    WorkingDir: changes.workingDir ?? config['WorkingDir'],
    User: changes.user ?? config['User'],
    StopSignal: changes.stopSignal ?? config['StopSignal'],
  });
}

/** A later value of a variable takes the place of the earlier one. */
function mergeEnv(before: JsonValue | undefined, added: readonly string[]): readonly string[] {
  const variables = new Map<string, string>();
  const old = Array.isArray(before) ? (before as readonly string[]) : [];
  for (const pair of [...old, ...added]) variables.set(pair.split('=', 1)[0] ?? pair, pair);
  return [...variables.values()];
}

function mergeKeys(before: JsonValue | undefined, added: JsonObject | undefined): JsonValue | undefined {
  if (added === undefined) return before;
  return { ...(isJsonObject(before) ? before : {}), ...added };
}

function emptyObjects(keys: readonly string[] | undefined): JsonObject | undefined {
  return keys && Object.fromEntries(keys.map((key) => [key, {}]));
}

function defined(object: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(object).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined),
  );
}
