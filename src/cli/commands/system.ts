/** `df`, `prune`, `fsck`, `version`, and `system`, the name that Docker gives the first three. */

import { createRequire } from 'node:module';
import type { Command } from 'commander';
import type { Finding, PruneOptions, PruneReport } from '../../engine/records.js';
import { withExamples } from '../help.js';
import { humanSize } from '../human.js';
import { write } from '../io.js';
import { formatListing } from '../listing.js';
import type { Session } from '../session.js';
import type { Configure, VerbModule } from '../verbs.js';

interface PruneFlags {
  readonly all?: boolean;
  readonly containers?: boolean;
  readonly caches?: boolean;
  readonly force?: boolean;
  readonly format?: string;
}

export const verbs: VerbModule['verbs'] = { df, prune, fsck, system, version };

function system(command: Command, session: Session): void {
  const inner: readonly (readonly [string, string, Configure])[] = [
    ['df', 'Show what is stored, shared and reclaimable', df],
    ['prune', 'Remove what is not used', prune],
    ['fsck', 'Check that everything stored is what its name says', fsck],
  ];
  for (const [name, summary, configure] of inner) configure(command.command(name).description(summary), session);
}

function df(command: Command, session: Session): void {
  command
    .option('-v, --verbose', 'also every layer and container')
    .option('--files', 'also what storing equal files once would save: reads every layer')
    .option('-H, --human', 'sizes in units', true)
    .option('--no-human', 'sizes in bytes')
    .option('--format <format>', "'table', 'json', or a template such as '{{.Type}} {{.Size}}'")
    .action(async (options: { verbose?: boolean; files?: boolean; human: boolean; format?: string }) => {
      const { formatUsage } = await import('../usage-text.js');
      const display = session.progress();
      const files = options.files === true;
      const usage = await (await session.engine()).df({
        files,
        onProgress: display.onProgress,
        signal: session.io.signal,
      });
      display.finish();
      await session.print(await formatUsage(usage, options));
    });
  withExamples(command, [
    ['stratum system df', 'what is stored, and what each image shares'],
    ['stratum system df -v --no-human', 'to the byte'],
    ['stratum system df --files', 'what equal files in different layers cost'],
    ['stratum system df -v --format json', 'everything, for a program'],
  ]);
}

function prune(command: Command, session: Session): void {
  command
    .option('-a, --all', 'also images that no container uses')
    .option('--containers', 'also all containers')
    .option('--caches', 'also the caches of layers that are in use')
    .option('-f, --force', 'do not ask')
    .option('--format <format>', "'json', or a template such as '{{.FreedBytes}}'")
    .action(async (flags: PruneFlags) => {
      if (!flags.force && !(await confirms(pruneWarning(flags), session))) return;
      const { all = false, containers = false, caches = false } = flags;
      const options: PruneOptions = { all, containers, caches };
      await session.print(await formatPruned(await (await session.engine()).prune(options), flags.format));
    });
  withExamples(command, [
    ['stratum system prune', 'blobs that no image needs; asks first'],
    ['stratum system prune -a -f', 'also images without a container; does not ask'],
    ['stratum system prune -a --containers -f', 'everything'],
  ]);
}

function pruneWarning(flags: PruneFlags): string {
  const what = [
    ...(flags.containers ? ['all containers'] : []),
    flags.all ? 'all images without a container' : 'all images without a name',
    'all blobs that no image needs',
    ...(flags.caches ? ['all caches'] : []),
  ];
  return `WARNING! This will remove:\n${what.map((line) => `  - ${line}\n`).join('')}\nAre you sure you want to continue? [y/N] `;
}

/** Asks on stderr and reads one line; the end of the input is a no. */
async function confirms(question: string, session: Session): Promise<boolean> {
  await write(session.io.stderr, question);
  return /^y(es)?$/i.test((await firstLine(session.io.stdin)).trim());
}

/** Leaving the loop closes the input: a terminal would keep the process waiting otherwise. */
async function firstLine(input: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of input) {
    text += decoder.decode(chunk, { stream: true });
    if (text.includes('\n')) break;
  }
  return text.split('\n', 1)[0] ?? '';
}

async function formatPruned(report: PruneReport, format: string | undefined): Promise<string> {
  const { containers, images, blobs, freedBytes } = report;
  if (format !== undefined) {
    const row = { Containers: containers, Images: images, Blobs: blobs, FreedBytes: freedBytes };
    return formatListing({ headings: {}, columns: Object.keys(row), rows: [row] }, { format });
  }
  const block = (title: string, ids: readonly string[]): string =>
    ids.length === 0 ? '' : `${title}:\n${ids.map((id) => `${id}\n`).join('')}\n`;
  const lists =
    block('Deleted Containers', containers) + block('Deleted Images', images) + block('Deleted Blobs', blobs);
  return `${lists}Total reclaimed space: ${humanSize(freedBytes, 4)}\n`;
}

function fsck(command: Command, session: Session): void {
  command
    .option('-q, --quiet', 'print only errors, no warnings')
    .option('--format <format>', "'table', 'json', or a template such as '{{.Code}} {{.Message}}'")
    .action(async (options: { readonly quiet?: boolean; readonly format?: string }) => {
      const display = session.progress();
      const engine = await session.engine();
      const findings = await engine.fsck({ onProgress: display.onProgress, signal: session.io.signal });
      display.finish();
      await session.print(await formatFindings(findings, options));
      if (findings.some((finding) => finding.severity === 'error')) session.exitCode = 1;
    });
  withExamples(command, [
    ['stratum fsck', 'exit code 1 when something is broken'],
    ['stratum fsck --format json', 'one finding a line'],
  ]);
}

/** The text of `fsck`: errors and warnings, and how many. */
export async function formatFindings(
  findings: readonly Finding[],
  options: { readonly quiet?: boolean; readonly format?: string },
): Promise<string> {
  const shown = findings.filter((finding) => !options.quiet || finding.severity === 'error');
  const rows = shown.map(({ severity, code, message }) => ({ Severity: severity, Code: code, Message: message }));
  const listing = { headings: {}, columns: ['Severity', 'Code', 'Message'], rows };
  if (options.format !== undefined) return formatListing(listing, { format: options.format });
  const errors = findings.filter((finding) => finding.severity === 'error').length;
  const counts = `${count(errors, 'error')}, ${count(findings.length - errors, 'warning')}\n`;
  return shown.length === 0 ? counts : (await formatListing(listing, {})) + counts;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function version(command: Command, session: Session): void {
  command
    .option('--format <format>', "'json', or a template such as '{{.Version}}'")
    .action(async (options: { readonly format?: string }) => {
      // By the package's own name: the bundle lies in another folder than this file.
      const manifest: unknown = createRequire(import.meta.url)('stratum/package.json');
      const row = {
        Version: (manifest as { readonly version: string }).version,
        Node: process.version,
        Platform: `${process.platform}/${process.arch}`,
      };
      const text = `stratum ${row.Version} (Node.js ${row.Node}, ${row.Platform})\n`;
      const listing = { headings: {}, columns: Object.keys(row), rows: [row] };
      await session.print(
        options.format === undefined ? text : await formatListing(listing, { format: options.format }),
      );
    });
  withExamples(command, [["stratum version --format '{{.Version}}'", 'only the number']]);
}
