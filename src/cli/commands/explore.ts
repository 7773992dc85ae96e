/** `explore`: look into the layers of an image, full screen. */

import type { Command } from 'commander';
import { analyzeStack } from '../../analysis/analyze.js';
import { nameContents } from '../../analysis/content-names.js';
import { withStacks } from '../explore/images.js';
import { startModel } from '../explore/model.js';
import { requireTerminal, runOnTerminal } from '../explore/terminal.js';
import { resize, update } from '../explore/update.js';
import { view } from '../explore/view.js';
import { withExamples } from '../help.js';
import type { Session } from '../session.js';
import { UsageError } from '../usage.js';
import type { VerbModule } from '../verbs.js';
import { visibleText } from '../visible-text.js';

interface ExploreFlags {
  readonly duplicates: boolean;
  readonly platform?: string;
}

export const verbs: VerbModule['verbs'] = { explore };

function explore(command: Command, session: Session): void {
  command
    .argument('<image>', 'name or ID, archive or layout')
    .option('--no-duplicates', 'do not look for content that is stored more than once')
    .option('--platform <os/arch>', 'which image of a multi-platform one (default: of this machine)')
    .action((ref: string, flags: ExploreFlags) => exploreImage(ref, flags, session));
  withExamples(command, [
    ['stratum explore app:1.0', 'Tab changes the pane, arrows move, q leaves'],
    ['stratum explore ./image.tar', 'an archive, without adding it to the store'],
  ]);
}

async function exploreImage(ref: string, { duplicates, platform }: ExploreFlags, session: Session): Promise<void> {
  requireTerminal(session.io);
  await withStacks([ref], session, { platform }, async (stacks) => {
    const [stack, ...others] = stacks;
    if (stack === undefined || others.length > 0) {
      const names = stacks.map(({ name }) => visibleText(name)).join(', ');
      throw new UsageError(
        stack === undefined ? `no image in ${visibleText(ref)}` : `several images in ${visibleText(ref)}: ${names}`,
        "'stratum load' brings them into the store, where each has a name.",
      );
    }
    const analysis = analyzeStack(stack, { names: duplicates ? await nameContents([stack]) : undefined });
    const { colors, io } = session;
    await runOnTerminal(
      { start: (size) => startModel(stack, analysis, size), update, resize, view: (model) => view(model, colors) },
      io,
    );
  });
}
