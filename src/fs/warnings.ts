/** What Node warns of once a process, with its words and codes; where there is no `process` nothing is said. */

interface Warner {
  readonly emitWarning?: (message: string, type: string, code?: string) => void;
}

const WARNINGS = {
  portableTemplate: [
    'mkdtemp() templates ending with X are not portable. For details see: https://nodejs.org/api/fs.html',
    'Warning',
    undefined,
  ],
  truncateDescriptor: [
    'Using fs.truncate with a file descriptor is deprecated. Please use fs.ftruncate with a file descriptor instead.',
    'DeprecationWarning',
    'DEP0081',
  ],
  rmdirRecursive: [
    'In future versions of Node.js, fs.rmdir(path, { recursive: true }) will be removed. Use fs.rm(path, { recursive: true }) instead',
    'DeprecationWarning',
    'DEP0147',
  ],
} as const;

const said = new Set<string>();

export function warnOnce(about: keyof typeof WARNINGS): void {
  if (said.has(about)) return;
  said.add(about);
  const [message, type, code] = WARNINGS[about];
  (globalThis as { process?: Warner }).process?.emitWarning?.(message, type, code);
}
