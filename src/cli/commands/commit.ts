/** `commit`: a container's changes become a layer, and with the layers below an image. */

import { type Command, Option } from 'commander';
import type { CommitOptions, LayerCompression } from '../../engine/records.js';
import { parseChangeInstructions } from '../change-instructions.js';
import { withExamples } from '../help.js';
import { collect, sourceDateEpoch } from '../options.js';
import type { Session } from '../session.js';
import type { VerbModule } from '../verbs.js';

interface CommitFlags {
  readonly author?: string;
  readonly message?: string;
  readonly change?: readonly string[];
  readonly timestamp?: string;
  readonly compression?: LayerCompression['codec'];
}

export const verbs: VerbModule['verbs'] = { commit };

function commit(command: Command, session: Session): void {
  command
    .argument('<container>', 'name or id')
    .argument('[reference]', 'name of the new image')
    .option('-a, --author <author>', 'who made it')
    .option('-m, --message <message>', 'why')
    .option('-c, --change <instruction>', "set something in the config: 'CMD [\"bash\"]', 'ENV A=1', …", collect)
    .option('--timestamp <seconds>', 'no time in the image is later than this (default: $SOURCE_DATE_EPOCH)')
    .addOption(new Option('--compression <codec>', 'of the new layer').choices(['gzip', 'zstd', 'none']))
    .action(async (container: string, reference: string | undefined, flags: CommitFlags) => {
      const options = commitOptions(reference, flags, session);
      const { id } = await (await session.engine()).commit(container, options);
      await session.print(`${id}\n`);
    });
  withExamples(command, [
    ['stratum commit web app:1.0', 'prints the ID of the image'],
    ["stratum commit -m 'add a shell' -c 'CMD [\"bash\"]' web app:1.1", 'with a message and a command'],
    ['stratum commit --timestamp 0 web app', 'the same image on every machine'],
  ]);
}

function commitOptions(reference: string | undefined, flags: CommitFlags, session: Session): CommitOptions {
  const epoch = sourceDateEpoch(flags.timestamp, session);
  return {
    ...(reference !== undefined && { ref: reference }),
    ...(flags.author !== undefined && { author: flags.author }),
    ...(flags.message !== undefined && { message: flags.message }),
    ...(flags.change && { changes: parseChangeInstructions(flags.change) }),
    ...(epoch !== undefined && { sourceDateEpoch: epoch }),
    ...(flags.compression && { compression: { codec: flags.compression } }),
  };
}
