/** The warnings of `build --check` as they are printed. */

import type { CheckReport } from '../../dockerfile/checks/check.js';
import type { Warning } from '../../dockerfile/checks/rules.js';
import type { DockerfileError } from '../../dockerfile/error.js';
import { excerpt } from './excerpt.js';

export function checkJson({ warnings, error }: CheckReport): string {
  const buildError = error && errorJson(error);
  return `${JSON.stringify({ warnings, ...(buildError && { buildError }) }, null, 2)}\n`;
}

function errorJson({ reason, dockerfile, line }: DockerfileError): object {
  const position = { line, character: 0 };
  const ranges = line === undefined ? [] : [{ start: position, end: position }];
  return { message: reason, location: { file: dockerfile, ranges } };
}

/** In the order of the file. */
export function checkText(warnings: readonly Warning[], text: string): string {
  if (warnings.length === 0) return 'Check complete, no warnings found.\n';
  const count = warnings.length === 1 ? '1 warning has' : `${warnings.length} warnings have`;
  return `Check complete, ${count} been found!\n\n${inOrder(warnings)
    .map((warning) => warningText(warning, text))
    .join('\n')}`;
}

/** A line each, for the end of a build. */
export function warningsSummary(warnings: readonly Warning[]): string {
  const count = warnings.length === 1 ? '1 warning' : `${warnings.length} warnings`;
  const lines = inOrder(warnings).map((each) => ` - ${each.ruleName}: ${each.detail} (line ${lineOf(each)})\n`);
  return `\n ${count} found (use --check to see the lines):\n${lines.join('')}`;
}

function inOrder(warnings: readonly Warning[]): Warning[] {
  return [...warnings].sort((one, other) => lineOf(one) - lineOf(other));
}

function lineOf({ location }: Warning): number {
  return location.ranges[0]?.start.line ?? 0;
}

function warningText({ ruleName, url, detail, location }: Warning, text: string): string {
  const start = location.ranges[0]?.start.line ?? 1;
  const end = location.ranges[0]?.end.line ?? start;
  // Docker shows more around one line than around several.
  const around = start === end ? 2 : 1;
  const page = url === '' ? '' : ` - ${url}`;
  const heading = `WARNING: ${ruleName}${page}\n${detail}\n${location.file}:${start}`;
  return `${heading}\n${excerpt(text, { start, end, around })}\n`;
}
