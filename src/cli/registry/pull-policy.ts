/** `--pull`: whether an image is fetched that a verb needs, and what is said of it. */

import { type Command, Option } from 'commander';
import type { PullPolicy } from '../../engine/ensure-image.js';
import { write } from '../io.js';
import type { Session } from '../session.js';
import { UsageError } from '../usage.js';
import { type RegistryFlags, registryClient } from './client.js';

const POLICIES: readonly PullPolicy[] = ['missing', 'always', 'never'];

/** The policy of an option that may stand alone; fails with a UsageError. */
export function pullPolicy(value: boolean | string | undefined): PullPolicy {
  if (value === undefined) return 'missing';
  if (value === true) return 'always';
  const policy = POLICIES.find((each) => each === value);
  if (policy !== undefined) return policy;
  throw new UsageError(`unknown pull policy '${value}'`, `There is ${POLICIES.join(', ')}.`);
}

export function pullOption(command: Command): Command {
  const option = new Option('--pull <policy>', 'when the image is fetched').choices(POLICIES).default('missing');
  return command.addOption(option);
}

/** Sees to it that an image is here, before a container is made of it. */
export async function ensureImage(
  session: Session,
  image: string,
  flags: RegistryFlags & { readonly pull?: PullPolicy; readonly platform?: string },
): Promise<void> {
  const engine = await session.engine(flags.platform, await registryClient(session, flags));
  const policy = flags.pull ?? 'missing';
  await engine.ensure(image, {
    policy,
    signal: session.io.signal,
    ...(flags.platform === undefined ? {} : { platform: flags.platform }),
    onPull: (reference) => {
      const reason = policy === 'missing' ? `Unable to find image '${reference}' locally: ` : '';
      void write(session.io.stderr, `${reason}pulling ${reference}\n`);
    },
  });
}
