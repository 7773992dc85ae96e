/** Platforms: what an image runs on, and which of several to take (image-spec, image-index.md, "platform"). */

import { StratumError } from '../base/error.js';
import { isJsonObject, type JsonValue } from '../base/json.js';

export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant: string | undefined;
}

/** What is taken where nobody says: Linux on the commonest machine. */
export const DEFAULT_PLATFORM: Platform = { os: 'linux', architecture: 'amd64', variant: undefined };

const ARCHITECTURES: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  'x86-64': 'amd64',
  x64: 'amd64',
  aarch64: 'arm64',
  i386: '386',
  i686: '386',
  ia32: '386',
  armhf: 'arm',
  armel: 'arm',
};
/** The variant that an architecture has when it names none. */
const IMPLIED_VARIANTS: Readonly<Record<string, string>> = { arm64: 'v8', arm: 'v7', amd64: 'v1' };

/** Parses `os/architecture[/variant]`, or an architecture alone; fails with PLATFORM_UNKNOWN. */
export function parsePlatform(text: string): Platform {
  const parts = text.toLowerCase().split('/');
  const [os, architecture, variant] = parts.length === 1 ? ['linux', parts[0], undefined] : parts;
  if (!os || !architecture || parts.length > 3 || !/^[a-z0-9_./-]+$/.test(text.toLowerCase())) {
    throw new StratumError('PLATFORM_UNKNOWN', `not a platform: ${JSON.stringify(text.slice(0, 100))}`);
  }
  return normalise(os, architecture, variant);
}

export function formatPlatform({ os, architecture, variant }: Platform): string {
  return `${os}/${architecture}${variant === undefined ? '' : `/${variant}`}`;
}

/** The platform that a descriptor or a config names; undefined where it names none. */
export function platformOf(value: JsonValue | undefined): Platform | undefined {
  if (!isJsonObject(value)) return undefined;
  const { os, architecture, variant } = value;
  if (typeof os !== 'string' || typeof architecture !== 'string') return undefined;
  return normalise(os, architecture, typeof variant === 'string' ? variant : undefined);
}

/** True when an image for `offered` runs on `wanted`: the same machine, and no newer variant than it has. */
export function matchesPlatform(wanted: Platform, offered: Platform): boolean {
  if (wanted.os !== offered.os || wanted.architecture !== offered.architecture) return false;
  return variantRank(offered) <= variantRank(wanted) || wanted.variant === offered.variant;
}

/** Orders candidates: the newest variant that still runs comes first. */
export function variantRank({ architecture, variant }: Platform): number {
  return Number((variant ?? IMPLIED_VARIANTS[architecture] ?? 'v0').slice(1)) || 0;
}

function normalise(os: string, architecture: string, variant: string | undefined): Platform {
  const known = ARCHITECTURES[architecture] ?? architecture;
  const implied = variant ?? (architecture === 'armel' ? 'v6' : undefined);
  const isImplied = implied !== undefined && known !== 'arm' && implied === IMPLIED_VARIANTS[known];
  return { os, architecture: known, variant: isImplied ? undefined : implied };
}
