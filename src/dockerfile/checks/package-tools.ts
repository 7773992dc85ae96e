/** Tools that install packages: how they are called, and what they leave behind. */

interface Tool {
  /** Its name and arguments, joined by blanks. */
  readonly install: RegExp;
  /** A path in what it leaves; undefined where it leaves nothing worth a word. */
  readonly leaves?: string;
  /** Arguments with which it does not. */
  readonly unless?: RegExp;
}

const NODE = '(?:ci|i|install|add)';
const TOOLS: readonly Tool[] = [
  { install: /^apt(?:-get)?(?: -\S+)* (?:update|install)\b/, leaves: '/var/lib/apt/lists/x' },
  { install: /^apt(?:-get)?(?: -\S+)* install\b/, leaves: '/var/cache/apt/archives/x.deb' },
  { install: /^apk(?: -\S+)* (?:update|add)\b/, leaves: '/var/cache/apk/x', unless: /--no-cache\b/ },
  { install: /^(?:dnf|microdnf)(?: -\S+)* install\b/, leaves: '/var/cache/dnf/x' },
  { install: /^yum(?: -\S+)* install\b/, leaves: '/var/cache/yum/x' },
  { install: /^pip3?(?: -\S+)* install\b/, leaves: '/root/.cache/pip/x', unless: /--no-cache-dir\b/ },
  { install: new RegExp(`^npm(?: -\\S+)* ${NODE}\\b`), leaves: '/root/.npm/_cacache/x' },
  { install: new RegExp(`^pnpm(?: -\\S+)* ${NODE}\\b`) },
  { install: /^yarn(?: install\b| --\S+|$)/, leaves: '/usr/local/share/.cache/yarn/x' },
  { install: /^(?:python3? -m pip|pipenv|poetry|bundle|composer|bun) install\b|^uv (?:sync|pip install)\b/ },
  { install: /^go mod download\b|^cargo fetch\b|^dotnet restore\b|^mvn\b.* dependency:/ },
];
/** Only its lists: nothing is installed. */
const ONLY_LISTS = /^ap(?:t|t-get|k)(?: -\S+)* update\b/;
/** Longer commands are cut. */
const LONGEST = 1000;

export function installsDependencies(words: readonly string[]): boolean {
  const text = textOf(words);
  return !ONLY_LISTS.test(text) && TOOLS.some(({ install }) => install.test(text));
}

export function leftByTool(words: readonly string[]): string[] {
  const text = textOf(words);
  return TOOLS.flatMap(({ install, leaves, unless }) =>
    leaves !== undefined && install.test(text) && unless?.test(text) !== true ? [leaves] : [],
  );
}

function textOf(words: readonly string[]): string {
  const first = words.findIndex((word) => word !== 'sudo' && !/^\w+=/.test(word));
  return words.slice(Math.max(first, 0)).join(' ').slice(0, LONGEST);
}
