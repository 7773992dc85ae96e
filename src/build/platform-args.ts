/** The arguments that are there without being given: platforms, proxies. */

import { formatPlatform, type Platform } from '../image/platform.js';

/** TARGETPLATFORM and its like (reference, "Automatic platform ARGs in the global scope"). */
export function platformArgs(build: Platform, target: Platform, targetStage: string): Map<string, string> {
  return new Map([
    ...describe('BUILD', build),
    ...describe('TARGET', target),
    ['TARGETSTAGE', targetStage === '' ? 'default' : targetStage] as const,
  ]);
}

function describe(prefix: string, platform: Platform): [string, string][] {
  return [
    [`${prefix}PLATFORM`, formatPlatform(platform)],
    [`${prefix}OS`, platform.os],
    [`${prefix}OSVERSION`, ''],
    [`${prefix}ARCH`, platform.architecture],
    [`${prefix}VARIANT`, platform.variant ?? ''],
  ];
}

const PROXIES = ['http_proxy', 'https_proxy', 'ftp_proxy', 'no_proxy', 'all_proxy'];

/** Proxy arguments under both spellings; they are given to RUN and are in no history and no key. */
export function proxyVariables(buildArgs: Readonly<Record<string, string>>): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of Object.keys(buildArgs).sort()) {
    const lower = name.toLowerCase();
    if (!PROXIES.includes(lower)) continue;
    found[lower] = buildArgs[name] as string;
    found[lower.toUpperCase()] = buildArgs[name] as string;
  }
  return found;
}
