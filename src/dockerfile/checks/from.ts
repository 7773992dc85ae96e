/** Checks of FROM lines: their arguments and platforms. They look at every stage. */

import type { Dockerfile, FromInstruction } from '../ast.js';
import { expandWord } from '../expand.js';
import { didYouMean } from '../suggest.js';
import type { Warnings } from './rules.js';

export interface FromOptions {
  readonly buildArgs: Readonly<Record<string, string>>;
  /** TARGETPLATFORM and its like. */
  readonly platformArgs: ReadonlyMap<string, string>;
}

const NAME =
  /^(?:[a-zA-Z0-9.-]+(?::\d+)?\/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*(?::\w[\w.-]{0,127})?(?:@\w+:[0-9a-f]{32,})?$/;

export function checkFrom(dockerfile: Dockerfile, options: FromOptions, warnings: Warnings): void {
  const { escapeToken } = dockerfile.directives;
  const args = globalArgs(dockerfile, options);
  const defaults = globalArgs(dockerfile, { ...options, buildArgs: {} });
  const declared = dockerfile.globalArgs.flatMap((instruction) => instruction.args.map(({ name }) => name));
  const known = [...new Set([...declared, ...args.keys()])];
  for (const { from } of dockerfile.stages) {
    const report = (name: string): void => {
      if (known.includes(name)) return;
      const detail = `FROM argument '${name}' is not declared${didYouMean(name, known)}`;
      warnings.add('UndefinedArgInFrom', from.range, detail);
    };
    const byDefault = attempt(() => expandWord(from.image, { env: defaults, escapeToken }));
    if (byDefault === undefined || !NAME.test(byDefault)) {
      const detail = `Default value for ARG ${from.image} results in empty or invalid base image name`;
      warnings.add('InvalidDefaultArgInFrom', from.range, detail);
    }
    attempt(() => expandWord(from.image, { env: args, escapeToken, onUnset: report }));
    checkPlatform(from, args, { escapeToken, report, warnings });
  }
}

function checkPlatform(
  { platform, alias, range }: FromInstruction,
  args: ReadonlyMap<string, string>,
  { escapeToken, report, warnings }: { escapeToken: '\\' | '`'; report: (name: string) => void; warnings: Warnings },
): void {
  if (platform === undefined) return;
  const used = new Set<string>();
  const unset = new Set<string>();
  const onUse = (name: string) => used.add(name);
  const onUnset = (name: string) => {
    unset.add(name);
    report(name);
  };
  const value = attempt(() => expandWord(platform, { env: args, escapeToken, onUse, onUnset }));
  if (used.size === 1 && unset.size === 0 && used.has('TARGETPLATFORM') && value === args.get('TARGETPLATFORM')) {
    const detail = `Setting platform to predefined ${platform} in FROM is redundant as this is the default behavior`;
    warnings.add('RedundantTargetPlatform', range, detail);
  }
  if (used.size > 0 || unset.size > 0 || value === undefined) return;
  const stage = alias?.toLowerCase() ?? '';
  if (value.split('/').some((word) => word !== '' && stage.includes(word))) return;
  const detail = `FROM --platform flag should not use constant value ${JSON.stringify(value)}`;
  warnings.add('FromPlatformFlagConstDisallowed', range, detail);
}

/** The arguments that FROM lines see. */
export function globalArgs(dockerfile: Dockerfile, { buildArgs, platformArgs }: FromOptions): Map<string, string> {
  const args = new Map(platformArgs);
  const { escapeToken } = dockerfile.directives;
  for (const { name, value } of dockerfile.globalArgs.flatMap((instruction) => instruction.args)) {
    const found = buildArgs[name] ?? (value && attempt(() => expandWord(value, { env: args, escapeToken }))) ?? value;
    if (found !== undefined) args.set(name, found);
  }
  return args;
}

/** What cannot be expanded is the build's to refuse. */
function attempt(expand: () => string): string | undefined {
  try {
    return expand();
  } catch {
    return undefined;
  }
}
