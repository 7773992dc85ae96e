/** Paths as text, without looking at a file system: joining, parents, dots. */

/** The path of a name in a directory. */
export function joined(directory: string, name: string): string {
  return directory.endsWith('/') ? directory + name : `${directory}/${name}`;
}

/** The path without its last part, as dirname(1) prints it. */
export function directoryOf(path: string): string {
  const trimmed = path.replace(/\/+$/, '');
  if (trimmed === '') return path === '' ? '.' : '/';
  const slash = trimmed.lastIndexOf('/');
  if (slash === -1) return '.';
  return trimmed.slice(0, slash).replace(/\/+$/, '') || '/';
}

/** The last part of a path without slashes at its end. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Takes out `.`, `..` and double slashes where the text alone tells how; a relative path stays relative. */
export function normalized(path: string): string {
  if (path.startsWith('/')) return withoutDots(path);
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/') || '.';
}

/** What stands before the names in a directory in Node's paths, which have no dots: those are taken out of the text. */
export function prefixOf(directory: string): string {
  return normalized(joined(directory, 'name')).slice(0, -'name'.length);
}

/** Resolves `.` and `..` in the text alone, from the root. */
export function withoutDots(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
