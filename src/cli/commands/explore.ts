/** `explore`: look into the layers of an image, full screen. */

import type { Command } from 'commander';
import { withExamples } from '../help.js';
import type { Session } from '../session.js';
import type { VerbModule } from '../verbs.js';

export const verbs: VerbModule['verbs'] = { explore };

function explore(command: Command, session: Session): void {
  command.argument('<image>', 'name or ID, archive or layout').action(async (ref: string) => {
    await session.print(ref);
  });
  withExamples(command, [['stratum explore app:1.0', 'Tab changes the pane, q leaves']]);
}
