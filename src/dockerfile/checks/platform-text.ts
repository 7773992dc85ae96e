/** A platform as it is written in FROM: `linux/arm64`, or an architecture alone. */

export interface PlatformText {
  readonly os: string;
  readonly architecture: string;
}

const SYNONYMS: ReadonlyMap<string, string> = new Map([
  ['x86_64', 'amd64'],
  ['x86-64', 'amd64'],
  ['aarch64', 'arm64'],
  ['i386', '386'],
  ['armhf', 'arm'],
  ['armel', 'arm'],
]);

/** Undefined for what is none. */
export function parsePlatformText(text: string): PlatformText | undefined {
  const parts = text.toLowerCase().split('/');
  if (parts.length > 3 || parts.some((part) => !/^[a-z0-9_.-]+$/.test(part))) return undefined;
  const [os, architecture] = parts.length === 1 ? ['linux', parts[0] as string] : (parts as [string, string]);
  return { os, architecture: SYNONYMS.get(architecture) ?? architecture };
}

/** As BuildKit shows it: without a variant that goes without saying. */
export function platformShown(text: string): string {
  const platform = parsePlatformText(text);
  if (platform === undefined) return text;
  const { os, architecture } = platform;
  const variant = text.toLowerCase().split('/')[2];
  const isImplied = variant === undefined || (architecture === 'arm64' && variant === 'v8');
  return `${os}/${architecture}${isImplied ? '' : `/${variant}`}`;
}
