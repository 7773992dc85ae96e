/** `build --check` and `--call=check,format=json`: what is questionable in a Dockerfile. */

import { utf8Text } from '../../base/bytes.js';
import { platformArgs } from '../../build/platform-args.js';
import { checkDockerfile } from '../../dockerfile/checks/check.js';
import type { Warning } from '../../dockerfile/checks/rules.js';
import { DockerfileError } from '../../dockerfile/error.js';
import { ignorePatterns } from '../../dockerfile/ignore.js';
import { parseDockerfile } from '../../dockerfile/parse.js';
import type { EngineBuildOptions } from '../../engine/builds.js';
import { DEFAULT_PLATFORM, parsePlatform } from '../../image/platform.js';
import type { Session } from '../session.js';
import { UsageError } from '../usage.js';

const AROUND = 2;

export async function buildChecks(
  input: EngineBuildOptions & { readonly dockerfile: string | Uint8Array },
  flags: { readonly call?: string },
  session: Session,
): Promise<void> {
  const isJson = formatOf(flags.call) === 'json';
  const text = typeof input.dockerfile === 'string' ? input.dockerfile : (utf8Text(input.dockerfile) ?? '');
  try {
    const warnings = await warningsOf(text, input);
    if (warnings.length > 0) session.exitCode = 1;
    await session.print(
      isJson ? `${JSON.stringify({ warnings }, null, 2)}\n` : textOf(warnings, text, input.file ?? 'Dockerfile'),
    );
  } catch (error) {
    if (!isJson || !(error instanceof DockerfileError)) throw error;
    session.exitCode = 1;
    const warnings = await warningsAbove(error, text, input);
    await session.print(`${JSON.stringify({ warnings, buildError: { message: error.message, line: error.line } })}\n`);
  }
}

/** What can be said of the lines before the one that is wrong. */
async function warningsAbove(
  { line = 1 }: DockerfileError,
  text: string,
  input: EngineBuildOptions,
): Promise<Warning[]> {
  const above = text
    .split('\n')
    .slice(0, line - 1)
    .join('\n');
  try {
    return await warningsOf(above, input);
  } catch {
    return [];
  }
}

function formatOf(call: string | undefined): string {
  const [method = 'check', ...options] = (call ?? 'check').split(',');
  if (method !== 'check' && method !== 'lint') {
    throw new UsageError(`there is no method '${method}' to call`, "There is 'check', and 'check,format=json'.");
  }
  return options.find((option) => option.startsWith('format='))?.slice('format='.length) ?? 'text';
}

async function warningsOf(text: string, input: EngineBuildOptions): Promise<Warning[]> {
  const { file = 'Dockerfile', buildArgs = {}, target, context } = input;
  const dockerfile = parseDockerfile(text, { file });
  const platform = input.platform === undefined ? DEFAULT_PLATFORM : parsePlatform(input.platform);
  const ignored = (await context.read(`${file}.dockerignore`)) ?? (await context.read('.dockerignore'));
  return checkDockerfile(dockerfile, {
    buildArgs,
    ...(target === undefined ? {} : { target }),
    platformArgs: platformArgs(DEFAULT_PLATFORM, platform, target ?? ''),
    ignore: ignored && ignorePatterns(utf8Text(ignored) ?? ''),
  });
}

function textOf(warnings: readonly Warning[], text: string, file: string): string {
  if (warnings.length === 0) return 'Check complete, no warnings found.\n';
  const count = `Check complete, ${warnings.length} ${warnings.length === 1 ? 'warning has' : 'warnings have'} been found!`;
  return `${count}\n\n${warnings.map((warning) => warningText(warning, text, file)).join('\n')}`;
}

function warningText({ ruleName, url, detail, location }: Warning, text: string, file: string): string {
  const [range] = location.ranges;
  const start = range?.start.line ?? 1;
  const end = range?.end.line ?? start;
  const first = Math.max(1, start - AROUND);
  const lines = text.split('\n').slice(first - 1, end + AROUND);
  const shown = lines.map((line, index) => {
    const number = first + index;
    return `${String(number).padStart(4)} | ${number >= start && number <= end ? '>>>' : '   '} ${line}`;
  });
  const rule = '-'.repeat(20);
  return `WARNING: ${ruleName} - ${url}\n${detail}\n${file}:${start}\n${rule}\n${shown.join('\n')}\n${rule}\n`;
}
