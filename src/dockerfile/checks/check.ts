/** `build --check`: what is questionable in a Dockerfile, without building it. */

import type { Dockerfile, StageDefinition } from '../ast.js';
import { checkDirective } from '../lines.js';
import { checkFrom, globalArgs } from './from.js';
import { type Warning, Warnings } from './rules.js';
import { StageChecker, type StageOptions, type StageScope } from './stage.js';
import { checkWriting } from './writing.js';

export interface CheckOptions {
  readonly buildArgs?: Readonly<Record<string, string>>;
  readonly target?: string;
  /** TARGETPLATFORM and its like. */
  readonly platformArgs?: ReadonlyMap<string, string>;
  readonly ignore?: StageOptions['ignore'];
  /** The variables of a base image's config; undefined for one that nobody has. */
  readonly baseEnv?: (image: string) => ReadonlyMap<string, string> | undefined;
}

const BARE: ReadonlyMap<string, string> = new Map([['PATH', '']]);

/** The warnings, by rule and line. Stages that the target does not need are read, but not followed. */
export function checkDockerfile(dockerfile: Dockerfile, options: CheckOptions = {}): Warning[] {
  const { buildArgs = {}, platformArgs = new Map<string, string>(), ignore } = options;
  const asked = buildArgs['BUILDKIT_DOCKERFILE_CHECK'];
  const warnings = new Warnings(asked === undefined ? dockerfile.directives.check : checkDirective(asked));
  checkWriting(dockerfile, warnings);
  checkFrom(dockerfile, { buildArgs, platformArgs }, warnings);
  const args = globalArgs(dockerfile, { buildArgs, platformArgs });
  const scopes = new Map<StageDefinition, StageScope>();
  const names = stageNames(dockerfile);
  for (const stage of neededStages(dockerfile, names, options.target)) {
    const base = names.bases.get(stage);
    const scope = (base && scopes.get(base)) ?? freshScope(options.baseEnv?.(stage.from.image) ?? BARE);
    const checker = new StageChecker(dockerfile, scope, { buildArgs, globalArgs: args, ignore, warnings });
    scopes.set(stage, checker.check(stage));
  }
  return warnings.found;
}

function freshScope(env: ReadonlyMap<string, string>): StageScope {
  return { env, args: new Set(), hasWorkdir: false, hasShell: false };
}

interface StageNames {
  /** The last stage of a name is the one that is meant below it. */
  readonly byName: ReadonlyMap<string, StageDefinition>;
  /** By stage: the one above that its FROM names. */
  readonly bases: ReadonlyMap<StageDefinition, StageDefinition>;
}

function stageNames({ stages }: Dockerfile): StageNames {
  const byName = new Map<string, StageDefinition>();
  const bases = new Map<StageDefinition, StageDefinition>();
  for (const stage of stages) {
    const base = byName.get(stage.from.image);
    if (base !== undefined) bases.set(stage, base);
    if (stage.from.alias !== undefined) byName.set(stage.from.alias.toLowerCase(), stage);
  }
  return { byName, bases };
}

/** The target and what it needs, in the order of the file; all stages where no target is asked for. */
function neededStages(
  { stages }: Dockerfile,
  { byName, bases }: StageNames,
  target: string | undefined,
): StageDefinition[] {
  if (target === undefined) return [...stages];
  const needed = new Set<StageDefinition>();
  const open = [byName.get(target.toLowerCase())];
  for (const stage of open) {
    if (stage === undefined || needed.has(stage)) continue;
    needed.add(stage);
    open.push(bases.get(stage));
    for (const name of namesIn(stage))
      open.push(/^\d+$/.test(name) ? stages[Number(name)] : byName.get(name.toLowerCase()));
  }
  return stages.filter((stage) => needed.has(stage));
}

function namesIn({ instructions }: StageDefinition): string[] {
  return instructions.flatMap((instruction) => {
    if (instruction.kind === 'copy') return instruction.from ?? [];
    if (instruction.kind !== 'run') return [];
    return instruction.mounts.flatMap((mount) => /(?:^|,)from=([^,]*)/i.exec(mount)?.[1] ?? []);
  });
}
