/** What the store knows of the images that a Dockerfile is built on: their variables and platforms. */

import { isStratumError } from '../../base/error.js';
import { isJsonObject, type JsonObject } from '../../base/json.js';
import type { Dockerfile } from '../../dockerfile/ast.js';
import { type CheckOptions, reportDockerfile } from '../../dockerfile/checks/check.js';
import type { EngineBuildOptions } from '../../engine/builds.js';
import { formatPlatform, platformOf } from '../../image/platform.js';
import type { Session } from '../session.js';

export async function checkBases(
  dockerfile: Dockerfile,
  options: CheckOptions,
  { input, session }: { readonly input: EngineBuildOptions; readonly session: Session },
): Promise<Pick<Required<CheckOptions>, 'baseEnv' | 'basePlatform'>> {
  const names = new Set<string>();
  // A first round only says which images are asked for.
  reportDockerfile(dockerfile, { ...options, baseEnv: (name) => void names.add(name) });
  const found = new Map<string, JsonObject>();
  for (const name of names) {
    const context = input.contexts?.[name];
    // Of files and layouts that stand for an image nothing is known without reading them.
    if (context !== undefined && !('image' in context)) continue;
    const image = await inspected(context?.image ?? name, session, input.platform);
    if (image !== undefined) found.set(name, image);
  }
  return {
    baseEnv: (name) => variablesOf(found.get(name)),
    basePlatform: (name) => platformText(found.get(name)),
  };
}

async function inspected(name: string, session: Session, platform: string | undefined) {
  try {
    return await (await session.engine(platform)).inspectImage(name);
  } catch (error) {
    // An image that is not here yet is no reason not to check.
    if (isStratumError(error)) return undefined;
    throw error;
  }
}

function variablesOf(image: JsonObject | undefined): Map<string, string> | undefined {
  const config = image?.['Config'];
  if (!isJsonObject(config)) return undefined;
  const env = Array.isArray(config['Env']) ? config['Env'] : [];
  return new Map(
    env.flatMap((pair) => {
      if (typeof pair !== 'string') return [];
      const at = pair.indexOf('=');
      return [at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)]] as [string, string][];
    }),
  );
}

function platformText(image: JsonObject | undefined): string | undefined {
  if (image === undefined) return undefined;
  const { Os, Architecture, Variant } = image;
  const platform = platformOf({ os: Os ?? '', architecture: Architecture ?? '', variant: Variant ?? null });
  return platform && formatPlatform(platform);
}
