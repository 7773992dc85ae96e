/** `analyze`: what the layers of images add and waste, and whether that keeps the limits of a pipeline. */

import { type Command, Option } from 'commander';
import { analyzeStack, type ImageAnalysis } from '../../analysis/analyze.js';
import { type ContentNames, nameContents } from '../../analysis/content-names.js';
import { checkLimits, type ImageLimits } from '../../analysis/rules.js';
import type { ImageStack } from '../../analysis/stack.js';
import { utf8 } from '../../base/bytes.js';
import { StratumError } from '../../base/error.js';
import { byteStream } from '../../base/stream.js';
import { analysisJson } from '../explore/analysis-json.js';
import { analysisText } from '../explore/analysis-text.js';
import { withStacks } from '../explore/images.js';
import { failureText, parseRatio, parseSize } from '../explore/limits.js';
import { reportOf } from '../explore/report/report.js';
import { withExamples } from '../help.js';
import { writeFileStream } from '../host-files.js';
import type { Session } from '../session.js';
import { UsageError } from '../usage.js';
import type { VerbModule } from '../verbs.js';

interface AnalyzeFlags {
  readonly format: 'table' | 'json';
  readonly failUnder?: string;
  readonly highestWastedBytes?: string;
  readonly highestUserWastedPercent?: string;
  readonly html?: string;
  readonly top: string;
  readonly trunc: boolean;
  readonly changes?: boolean;
  readonly duplicates: boolean;
  readonly platform?: string;
}

export const verbs: VerbModule['verbs'] = { analyze };

function analyze(command: Command, session: Session): void {
  command
    .argument('<image...>', 'names or IDs, archives or layouts')
    .addOption(new Option('--format <format>', 'what to print').choices(['table', 'json']).default('table'))
    .option('--fail-under <ratio>', 'fail when the efficiency is lower: 0.95, or 95%')
    .option('--highest-wasted-bytes <size>', 'fail when more is wasted: 20MB')
    .option(
      '--highest-user-wasted-percent <ratio>',
      'fail when more of what lies above the lowest layer is wasted: 10%',
    )
    .option('--html <file>', 'write a report, in one file')
    .option('--top <n>', 'how many wasteful paths to list', '10')
    .option('--no-trunc', 'do not shorten commands')
    .option('--changes', 'with json: every path that each layer adds, changes or hides')
    .option('--no-duplicates', 'do not look for content that is stored more than once')
    .option('--platform <os/arch>', 'which image of a multi-platform one (default: of this machine)')
    .action(async (refs: readonly string[], flags: AnalyzeFlags) => analyzeAll(refs, flags, session));
  withExamples(command, [
    ['stratum analyze app:1.0', 'layers, efficiency, and what is wasted'],
    ['stratum analyze --fail-under 0.95 ./image.tar', 'for a pipeline: exits with 1 when the image wastes more'],
    ['stratum analyze --format json --changes app:1.0', 'every path of every layer'],
    ['stratum analyze --html report.html app:1.0 app:1.1', 'a report to look at, with what the two share'],
  ]);
}

async function analyzeAll(refs: readonly string[], flags: AnalyzeFlags, session: Session): Promise<void> {
  const { duplicates, platform } = flags;
  const limits = parseLimits(flags);
  const top = wholeNumber(flags.top);
  await withStacks(refs, session, { platform }, async (stacks) => {
    const names = duplicates ? await nameContents(stacks) : undefined;
    const analyses = stacks.map((stack) => analyzeStack(stack, { names }));
    for (const [index, analysis] of analyses.entries()) {
      const results = checkLimits(analysis, limits);
      if (flags.format === 'json') {
        const object = analysisJson(analysis, { changes: flags.changes === true, limits: results });
        await session.print(`${JSON.stringify(object)}\n`);
      } else {
        const text = analysisText(analysis, { colors: session.colors, top, trunc: flags.trunc });
        await session.print(index === 0 ? text : `\n${text}`);
      }
      for (const result of results.filter(({ isKept }) => !isKept)) {
        await session.report(new StratumError('LIMIT_EXCEEDED', failureText(analysis, result)));
      }
    }
    if (flags.html !== undefined) await writeReport(flags.html, { stacks, analyses, names }, session);
  });
}

interface Analyzed {
  readonly stacks: readonly ImageStack[];
  readonly analyses: readonly ImageAnalysis[];
  readonly names: ContentNames | undefined;
}

async function writeReport(file: string, { stacks, analyses, names }: Analyzed, session: Session): Promise<void> {
  const html = reportOf(stacks, analyses, { names, now: session.io.now() });
  await writeFileStream(session.hostPath(file), byteStream(utf8(html)));
}

function parseLimits(flags: AnalyzeFlags): ImageLimits {
  const { failUnder, highestWastedBytes: bytes, highestUserWastedPercent: percent } = flags;
  return {
    lowestEfficiency: failUnder === undefined ? undefined : parseRatio(failUnder, '--fail-under'),
    highestWastedBytes: bytes === undefined ? undefined : parseSize(bytes, '--highest-wasted-bytes'),
    highestUserWastedRatio: percent === undefined ? undefined : parseRatio(percent, '--highest-user-wasted-percent'),
  };
}

function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new UsageError(`--top must be a whole number, not '${text}'`);
}
