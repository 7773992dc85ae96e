/** A mount of RUN with everything that was left unsaid. */

import { invalid } from '../dockerfile/error.js';
import type { RunMount } from '../dockerfile/mounts.js';
import { nameOf } from '../fs/path-text.js';
import type { Origin, PlannedMount } from './step.js';
import { canonicalPath } from './workdir.js';

const SECRETS = '/run/secrets';
const AGENTS = '/run/buildkit/ssh_agent';
const SECRET_MODE = 0o400;
const SSH_MODE = 0o600;

export interface MountPlace {
  /** Among the mounts of its RUN. */
  readonly index: number;
  /** Where its content comes from; undefined for none. */
  readonly origin: Origin | undefined;
  /** What a relative target is taken from. */
  readonly directory: string;
}

/** Fails with DOCKERFILE_INVALID for a target that is the root. */
export function planMount(mount: RunMount, place: MountPlace): PlannedMount {
  const { type } = mount;
  const target = targetOf(mount, place);
  const isSecret = type === 'secret' || type === 'ssh';
  return {
    type,
    target,
    source: mount.source ?? '/',
    origin: place.origin,
    id: mount.id || defaultId(type, target),
    env: mount.env,
    readOnly: mount.readOnly ?? (type === 'bind' || isSecret),
    required: mount.required ?? false,
    sharing: mount.sharing ?? 'shared',
    size: mount.size,
    mode: mount.mode ?? (type === 'secret' ? SECRET_MODE : type === 'ssh' ? SSH_MODE : undefined),
    uid: mount.uid ?? 0,
    gid: mount.gid ?? 0,
  };
}

function defaultId(type: RunMount['type'], target: string | undefined): string {
  if (type === 'ssh') return 'default';
  return type === 'cache' ? (target ?? '') : nameOf(target ?? '');
}

function targetOf({ type, target, id, env }: RunMount, { index, directory }: MountPlace): string | undefined {
  if (target !== undefined && target !== '') {
    const path = canonicalPath(directory, target);
    if (path === '/') throw invalid(`invalid mount target ${JSON.stringify(path)}`);
    return path;
  }
  if (type === 'ssh') return `${AGENTS}.${index}`;
  return type === 'secret' && env === undefined ? `${SECRETS}/${nameOf(id ?? '')}` : undefined;
}
