/** `build --check`: what is questionable in a Dockerfile, without building it. */

import type { Dockerfile } from '../ast.js';
import { DockerfileError } from '../error.js';
import { checkDirective } from '../lines.js';
import type { IgnoredPaths } from './copy.js';
import { FromChecker } from './from.js';
import { checkLayers } from './layers.js';
import { parsePlatformText, platformShown } from './platform-text.js';
import { type Warning, Warnings } from './rules.js';
import { StageChecker, type StageScope } from './stage.js';
import { type CheckedStage, SCRATCH, StageGraph } from './stages.js';
import { checkWriting } from './writing.js';

export interface CheckOptions {
  readonly buildArgs?: Readonly<Record<string, string>>;
  /** Only it and what it needs is followed; all stages without it. */
  readonly target?: string;
  /** TARGETPLATFORM and its like. */
  readonly platformArgs?: ReadonlyMap<string, string>;
  readonly ignore?: IgnoredPaths | undefined;
  /** The variables of a base image's config; undefined for one that nobody has. */
  readonly baseEnv?: (image: string) => ReadonlyMap<string, string> | undefined;
  /** `os/architecture` of a base image; undefined for one that nobody has. */
  readonly basePlatform?: (image: string) => string | undefined;
  /** What is built for; TARGETPLATFORM without it. */
  readonly targetPlatform?: string;
  /** Also the rules that Docker has not: `RemovedLater`, `CopyTooEarly`. */
  readonly own?: boolean;
}

export interface CheckReport {
  readonly warnings: readonly Warning[];
  /** What ended the checks early, or that warnings are errors (`# check=error=true`). */
  readonly error: DockerfileError | undefined;
  /** The error is that warnings are errors: nothing else keeps the build from running. */
  readonly isViolation: boolean;
}

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const NO_ARGS: ReadonlyMap<string, string> = new Map();

/** The warnings, in the order in which BuildKit finds them. */
export function checkDockerfile(dockerfile: Dockerfile, options: CheckOptions = {}): Warning[] {
  return [...reportDockerfile(dockerfile, options).warnings];
}

/** The warnings, and what a build would fail with before it ran anything. */
export function reportDockerfile(dockerfile: Dockerfile, options: CheckOptions = {}): CheckReport {
  const asked = options.buildArgs?.['BUILDKIT_DOCKERFILE_CHECK'];
  const directive = asked === undefined ? dockerfile.directives.check : checkDirective(asked);
  const warnings = new Warnings(dockerfile.file, { ...directive, own: options.own === true });
  let error: DockerfileError | undefined;
  try {
    checkAll(dockerfile, options, warnings);
  } catch (failure) {
    if (!(failure instanceof DockerfileError)) throw failure;
    error = failure;
  }
  const isViolation = error === undefined && directive.error && warnings.found.length > 0;
  if (isViolation) error = violation(warnings, dockerfile.file);
  return { warnings: warnings.found, error, isViolation };
}

function violation({ found }: Warnings, file: string): DockerfileError {
  const names = [...new Set(found.map(({ ruleName }) => ruleName))];
  return new DockerfileError(`lint violation found for rules: ${names.join(', ')}`, { file });
}

function checkAll(dockerfile: Dockerfile, options: CheckOptions, warnings: Warnings): void {
  const { buildArgs = {}, platformArgs = NO_ARGS, ignore } = options;
  checkWriting(dockerfile, warnings);
  const froms = new FromChecker(dockerfile, { buildArgs, platformArgs }, warnings);
  const graph = new StageGraph(dockerfile, (from) => froms.check(from));
  const needed = graph.needed(options.target);
  for (const stage of needed) checkBasePlatform(stage, options, warnings);
  const scopes = new Map<CheckedStage, StageScope>();
  for (const stage of needed) {
    const scope = (stage.base && scopes.get(stage.base)) ?? freshScope(stage, options);
    const checker = new StageChecker(scope, { dockerfile, buildArgs, globalArgs: froms.args, ignore, warnings });
    scopes.set(stage, checker.check(stage));
    if (options.own === true) checkLayers(stage, warnings);
  }
}

function freshScope({ image }: CheckedStage, { baseEnv }: CheckOptions): StageScope {
  const found = image === SCRATCH ? undefined : baseEnv?.(image);
  const env = new Map([['PATH', DEFAULT_PATH], ...(found ?? [])]);
  return { env, args: new Set(), hasWorkdir: false, hasShell: false };
}

/** An image of one platform is taken for any; BuildKit does so, and warns. */
function checkBasePlatform({ from, image, platform, base }: CheckedStage, options: CheckOptions, warnings: Warnings) {
  if (base !== undefined || image === SCRATCH) return;
  const actual = options.basePlatform?.(image);
  const expected = platform ?? options.targetPlatform ?? options.platformArgs?.get('TARGETPLATFORM');
  if (actual === undefined || expected === undefined || isSameMachine(actual, expected)) return;
  const [shown, wanted] = [actual, expected].map((text) => JSON.stringify(platformShown(text)));
  const detail = `Base image ${image} was pulled with platform ${shown}, expected ${wanted} for current build`;
  warnings.add('InvalidBaseImagePlatform', from.range, detail);
}

function isSameMachine(one: string, other: string): boolean {
  const [a, b] = [parsePlatformText(one), parsePlatformText(other)];
  return a?.os === b?.os && a?.architecture === b?.architecture;
}
