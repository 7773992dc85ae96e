/** Tools that install packages: how they are called, and what they leave behind. */

interface Leftover {
  readonly command: RegExp;
  /** A path in what is left. */
  readonly path: string;
  /** Arguments with which nothing is. */
  readonly unless?: RegExp;
}

const INSTALLS: readonly RegExp[] = [
  /^(?:apt|apt-get|dnf|microdnf|yum)(?: -\S+)* install\b/,
  /^apk(?: -\S+)* add\b/,
  /^(?:pip3?|python3? -m pip|pipenv|poetry|bundle|composer|bun)(?: -\S+)* install\b|^uv (?:sync|pip install)\b/,
  /^p?npm(?: -\S+)* (?:ci|i|install|add)\b/,
  /^yarn(?: install\b| --\S+|$)/,
  /^go mod download\b|^cargo fetch\b|^dotnet restore\b|^mvn\b.* dependency:/,
];
const LEFTOVERS: readonly Leftover[] = [
  { command: /^apt(?:-get)?(?: -\S+)* update\b/, path: '/var/lib/apt/lists/x' },
  { command: /^apk(?: -\S+)* (?:update|add)\b/, path: '/var/cache/apk/x', unless: /--no-cache\b/ },
  { command: /^(?:micro)?dnf(?: -\S+)* install\b/, path: '/var/cache/dnf/x' },
  { command: /^yum(?: -\S+)* install\b/, path: '/var/cache/yum/x' },
  { command: /^pip3?(?: -\S+)* install\b/, path: '/root/.cache/pip/x', unless: /--no-cache-dir\b/ },
  { command: /^npm(?: -\S+)* (?:ci|i|install)\b/, path: '/root/.npm/_cacache/x' },
];
/** Longer commands are cut. */
const LONGEST = 1000;

export function installsDependencies(words: readonly string[]): boolean {
  const text = textOf(words);
  return INSTALLS.some((install) => install.test(text));
}

export function leftByTool(words: readonly string[]): string[] {
  const text = textOf(words);
  return LEFTOVERS.flatMap(({ command, path, unless }) =>
    command.test(text) && unless?.test(text) !== true ? [path] : [],
  );
}

/** From its name on: what is set for it alone stands before. */
function textOf(words: readonly string[]): string {
  const first = words.findIndex((word) => word !== 'sudo' && !/^\w+=/.test(word));
  const shown = words.slice(Math.max(first, 0), Math.max(first, 0) + LONGEST);
  return shown.join(' ').slice(0, LONGEST);
}
