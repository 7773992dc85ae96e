/** `history`: how an image was made, newest step first. */

import type { Command } from 'commander';
import { shortId } from '../../digest/digest.js';
import type { HistoryLine } from '../../engine/records.js';
import { withExamples } from '../help.js';
import { ellipsis, humanAge, humanSize, rfc3339 } from '../human.js';
import { formatListing, type Row } from '../listing.js';
import type { Session } from '../session.js';
import type { VerbModule } from '../verbs.js';

interface HistoryOptions {
  readonly trunc: boolean;
  readonly quiet?: boolean;
  readonly human: boolean;
  readonly format?: string;
}

const CREATED_BY_WIDTH = 45;
const HEADINGS = { ID: 'IMAGE', CreatedSince: 'CREATED', CreatedAt: 'CREATED AT', CreatedBy: 'CREATED BY' };

export const verbs: VerbModule['verbs'] = { history };

function history(command: Command, session: Session): void {
  command
    .argument('<image>', 'name or ID')
    .option('--no-trunc', 'do not shorten ids and commands')
    .option('-q, --quiet', 'print only image IDs')
    .option('-H, --human', 'sizes and ages in words', true)
    .option('--no-human', 'sizes in bytes, times in RFC 3339')
    .option('--format <format>', "'table', 'json', or a template such as '{{.ID}}: {{.CreatedBy}}'")
    .action(async (image: string, options: HistoryOptions) => {
      const lines = await (await session.engine()).history(image);
      await session.print(await formatHistory(lines, options, session.io.now()));
    });
  withExamples(command, [
    ['stratum history debian', 'every step, newest first'],
    ['stratum history --no-trunc --format json debian', 'the same for a program'],
    ["stratum history --format '{{.Size}} {{.CreatedBy}}' debian", 'two fields'],
  ]);
}

/** The text of `history`. */
export function formatHistory(lines: readonly HistoryLine[], options: HistoryOptions, now: Date): Promise<string> {
  const rows = lines.map((line) => historyRow(line, options, now));
  const created = options.human ? 'CreatedSince' : 'CreatedAt';
  const columns = ['ID', created, 'CreatedBy', 'Size', 'Comment'];
  return formatListing({ headings: HEADINGS, columns, rows, quietField: 'ID' }, options);
}

function historyRow(line: HistoryLine, options: HistoryOptions, now: Date): Row {
  const createdBy = line.createdBy.replaceAll('\t', ' ');
  const id = line.id === undefined ? '<missing>' : options.trunc ? shortId(line.id) : line.id;
  return {
    ID: id,
    CreatedSince: humanAge(line.created, now),
    CreatedAt: rfc3339(line.created),
    CreatedBy: options.trunc ? ellipsis(createdBy, CREATED_BY_WIDTH) : createdBy,
    Size: options.human ? humanSize(line.size) : String(line.size),
    Comment: line.comment,
    Layer: line.layer?.digest ?? '',
    DiffID: line.layer?.diffId ?? '',
  };
}
