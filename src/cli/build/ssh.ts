/** `--ssh default`, `--ssh ID=SOCKET`, `--ssh ID=KEY[,KEY]`: agents for `RUN --mount=type=ssh`. */

import { statSync } from 'node:fs';
import type { OpenAgent } from '../../node/build/ssh-agent.js';
import type { Session } from '../session.js';
import { UsageError } from '../usage.js';

/** The agent by its id; to be closed. Fails with a UsageError. */
export async function openSsh(text: string, session: Session): Promise<{ id: string; agent: OpenAgent }> {
  const at = text.indexOf('=');
  const id = (at < 0 ? text : text.slice(0, at)) || 'default';
  const paths = at < 0 ? [session.io.env['SSH_AUTH_SOCK'] ?? ''] : text.slice(at + 1).split(',');
  const [first = ''] = paths;
  if (first === '') {
    throw new UsageError('invalid empty ssh agent socket: make sure SSH_AUTH_SOCK is set', 'Or write ID=KEY.');
  }
  const { forwardAgent, keyAgent } = await import('../../node/build/ssh-agent.js');
  const files = paths.map((path) => session.hostPath(path));
  const isSocket = files.map((path) => statSync(path).isSocket());
  if (!isSocket.includes(true)) return { id, agent: await keyAgent(files) };
  if (files.length > 1) throw new UsageError('only single socket allowed', 'Several keys are written ID=KEY,KEY.');
  return { id, agent: forwardAgent(files[0] as string) };
}
