/** `build --check` and `--call=check,format=json`: what is questionable in a Dockerfile. */

import type { EngineBuildOptions } from '../../engine/builds.js';
import type { Session } from '../session.js';

export async function buildChecks(
  input: EngineBuildOptions,
  flags: { readonly call?: string },
  session: Session,
): Promise<void> {
  void input;
  void flags;
  void session;
}
