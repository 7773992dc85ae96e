/** `tree`: the layers that images stand on, and with several images what they share and where they part. */

import { type Command, Option } from 'commander';
import { compareStacks } from '../../analysis/compare.js';
import { type ContentNames, nameContents } from '../../analysis/content-names.js';
import type { ImageStack } from '../../analysis/stack.js';
import { branchPicture } from '../explore/branch-picture.js';
import { comparisonText } from '../explore/comparison-text.js';
import { withStacks } from '../explore/images.js';
import { withExamples } from '../help.js';
import type { Session } from '../session.js';
import type { VerbModule } from '../verbs.js';

interface TreeFlags {
  readonly shared?: boolean;
  readonly format: 'table' | 'json';
  readonly content: boolean;
  readonly platform?: string;
}

export const verbs: VerbModule['verbs'] = { tree };

function tree(command: Command, session: Session): void {
  command
    .argument('<image...>', 'names or IDs, archives or layouts')
    .option('--shared', 'all in one picture, and what they share')
    .addOption(new Option('--format <format>', 'what to print').choices(['table', 'json']).default('table'))
    .option('--no-content', 'do not compare the contents of files')
    .option('--platform <os/arch>', 'which image of a multi-platform one (default: of this machine)')
    .action(async (refs: readonly string[], flags: TreeFlags) => {
      const content = flags.content && (flags.shared === true || flags.format === 'json');
      await withStacks(refs, session, { platform: flags.platform }, async (stacks) => {
        const names = content ? await nameContents(stacks) : undefined;
        await session.print(treeText(stacks, { ...flags, names }, session));
      });
    });
  withExamples(command, [
    ['stratum tree app:1.0', 'the layers of an image, lowest first'],
    ['stratum tree --shared app:1.0 app:1.1', 'what two images share, and where they part'],
    ['stratum tree --shared app:1.0 ./other.tar', 'the same with an archive'],
  ]);
}

interface TreeTextOptions extends TreeFlags {
  readonly names: ContentNames | undefined;
}

function treeText(stacks: readonly ImageStack[], { shared, format, names }: TreeTextOptions, session: Session): string {
  const options = { colors: session.colors, columns: session.io.stdout.columns };
  if (format === 'json') return `${JSON.stringify(compareStacks(stacks, { names }))}\n`;
  if (shared !== true) {
    return stacks
      .map((stack) => compareStacks([stack]))
      .map(({ root, images }) => branchPicture(root, images, options))
      .join('\n');
  }
  const comparison = compareStacks(stacks, { names });
  return `${branchPicture(comparison.root, comparison.images, options)}\n${comparisonText(comparison)}`;
}
