/** `build --check` and `--call=check,format=json`: what is questionable in a Dockerfile. */

import { utf8Text } from '../../base/bytes.js';
import { platformArgs } from '../../build/platform-args.js';
import type { Dockerfile } from '../../dockerfile/ast.js';
import { type CheckOptions, type CheckReport, reportDockerfile } from '../../dockerfile/checks/check.js';
import type { Warning } from '../../dockerfile/checks/rules.js';
import { DockerfileError } from '../../dockerfile/error.js';
import { ignorePatterns } from '../../dockerfile/ignore.js';
import { parseDockerfile } from '../../dockerfile/parse.js';
import type { EngineBuildOptions } from '../../engine/builds.js';
import { DEFAULT_PLATFORM, formatPlatform, parsePlatform } from '../../image/platform.js';
import type { Session } from '../session.js';
import { UsageError } from '../usage.js';
import { checkBases } from './check-bases.js';
import { checkJson, checkText } from './check-text.js';

type CheckInput = EngineBuildOptions & { readonly dockerfile: string | Uint8Array };

/** Exits with 1 when there is something to say, in either form, as Docker does. */
export async function buildChecks(
  input: CheckInput,
  flags: { readonly call?: string },
  session: Session,
): Promise<void> {
  const call = parseCall(flags.call ?? 'check');
  const text = textOf(input);
  const report = await reportOf(text, input, { own: call.own, session });
  const { warnings, error } = report;
  const isFine = warnings.length === 0 && error === undefined;
  if (!isFine && !call.ignoreStatus) session.exitCode = 1;
  if (call.format === 'json') return session.print(checkJson(report));
  if (isFine || warnings.length > 0) await session.print(checkText(warnings, text));
  if (error !== undefined) throw error;
}

/** What a build says besides building; fails where the Dockerfile wants warnings to be errors (`# check=error=true`). */
export async function buildWarnings(input: CheckInput, session: Session): Promise<readonly Warning[]> {
  const { warnings, error, isViolation } = await reportOf(textOf(input), input, { own: false, session });
  if (isViolation && error !== undefined) throw error;
  return warnings;
}

function textOf({ dockerfile }: CheckInput): string {
  return typeof dockerfile === 'string' ? dockerfile : (utf8Text(dockerfile) ?? '');
}

interface Call {
  readonly format: string;
  readonly ignoreStatus: boolean;
  readonly own: boolean;
}

/** `check[,format=json][,ignorestatus][,own]`. */
function parseCall(call: string): Call {
  const [method = '', ...options] = call.split(',');
  if (method !== 'check' && method !== 'lint') {
    throw new UsageError(`there is no method '${method}' to call`, "There is 'check', and 'check,format=json'.");
  }
  const has = (name: string) => options.includes(name) || options.includes(`${name}=true`);
  const format = options.find((option) => option.startsWith('format='))?.slice('format='.length) ?? 'text';
  return { format, ignoreStatus: has('ignorestatus'), own: has('own') };
}

interface CheckRun {
  readonly own: boolean;
  readonly session: Session;
}

async function reportOf(text: string, input: CheckInput, run: CheckRun): Promise<CheckReport> {
  const { file = 'Dockerfile' } = input;
  try {
    return await reportParsed(parseDockerfile(input.dockerfile, { file }), input, run);
  } catch (error) {
    if (!(error instanceof DockerfileError)) throw error;
    return { warnings: await warningsAbove(error, text, input, run), error, isViolation: false };
  }
}

/** What can be said of the lines before the one that is wrong. */
async function warningsAbove(
  { line = 1 }: DockerfileError,
  text: string,
  input: CheckInput,
  run: CheckRun,
): Promise<CheckReport['warnings']> {
  const lines = text.split('\n').slice(0, line - 1);
  try {
    const { file = 'Dockerfile' } = input;
    const { warnings } = await reportParsed(parseDockerfile(lines.join('\n'), { file }), input, run);
    return warnings;
  } catch {
    return [];
  }
}

async function reportParsed(
  dockerfile: Dockerfile,
  input: CheckInput,
  { own, session }: CheckRun,
): Promise<CheckReport> {
  const { file = 'Dockerfile', buildArgs = {}, target, context } = input;
  const platform = input.platform === undefined ? DEFAULT_PLATFORM : parsePlatform(input.platform);
  const ignored = (await context.read(`${file}.dockerignore`)) ?? (await context.read('.dockerignore'));
  const options: CheckOptions = {
    buildArgs,
    ...(target === undefined ? {} : { target }),
    platformArgs: platformArgs(DEFAULT_PLATFORM, platform, target ?? dockerfile.stages.at(-1)?.from.alias ?? ''),
    targetPlatform: formatPlatform(platform),
    ignore: ignored && ignorePatterns(utf8Text(ignored) ?? ''),
    own,
  };
  const bases = await checkBases(dockerfile, options, { input, session });
  return reportDockerfile(dockerfile, { ...options, ...bases });
}
