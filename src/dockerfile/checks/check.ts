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
  for (const stage of neededStages(dockerfile, options.target)) {
    const base = baseOf(dockerfile, stage);
    const scope = (base && scopes.get(base)) ?? freshScope(options.baseEnv?.(stage.from.image) ?? BARE);
    const checker = new StageChecker(dockerfile, scope, { buildArgs, globalArgs: args, ignore, warnings });
    scopes.set(stage, checker.check(stage));
  }
  return warnings.found;
}

function freshScope(env: ReadonlyMap<string, string>): StageScope {
  return { env, args: new Set(), hasWorkdir: false, hasShell: false };
}

/** The target and what it needs, in the order of the file; all stages where no target is asked for. */
function neededStages(dockerfile: Dockerfile, target: string | undefined): StageDefinition[] {
  const { stages } = dockerfile;
  if (target === undefined) return [...stages];
  const wanted = target.toLowerCase();
  const last = stages.findLast(({ from }) => from.alias?.toLowerCase() === wanted);
  const needed = new Set<StageDefinition>();
  const visit = (stage: StageDefinition | undefined): void => {
    if (stage === undefined || needed.has(stage)) return;
    needed.add(stage);
    visit(baseOf(dockerfile, stage));
    for (const name of namesIn(stage)) visit(stageNamed(dockerfile, name));
  };
  visit(last);
  return stages.filter((stage) => needed.has(stage));
}

function baseOf({ stages }: Dockerfile, stage: StageDefinition): StageDefinition | undefined {
  const above = stages.slice(0, stages.indexOf(stage));
  return above.findLast(({ from }) => from.alias?.toLowerCase() === stage.from.image);
}

function stageNamed({ stages }: Dockerfile, name: string): StageDefinition | undefined {
  if (/^\d+$/.test(name)) return stages[Number(name)];
  return stages.findLast(({ from }) => from.alias?.toLowerCase() === name.toLowerCase());
}

function namesIn({ instructions }: StageDefinition): string[] {
  return instructions.flatMap((instruction) => {
    if (instruction.kind === 'copy') return instruction.from ?? [];
    if (instruction.kind !== 'run') return [];
    return instruction.mounts.flatMap((mount) => /(?:^|,)from=([^,]*)/i.exec(mount)?.[1] ?? []);
  });
}
