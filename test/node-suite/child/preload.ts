/** Loaded before a test file of Node: gives it, and nothing else in the process, the subject under the name `fs`. */

import nodeFs from 'node:fs';
import nodeModule, { register } from 'node:module';
import { dirname, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { subjectOf } from './subjects.js';

interface Settings {
  readonly subject: string;
  /** The folder of Node's tests; what is loaded from here gets the subject. */
  readonly root: string;
  readonly file: string;
}

const settings = JSON.parse(process.env['NODE_SUITE'] ?? '{}') as Settings;
const fs = subjectOf(settings.subject, settings.root, settings.file);

const SUBJECT: Readonly<Record<string, unknown>> = {
  fs,
  'node:fs': fs,
  'fs/promises': fs.promises,
  'node:fs/promises': fs.promises,
};

/** The loader of CommonJS, which Node does not type. */
const loader = nodeModule as unknown as {
  _load(request: string, parent: { readonly filename?: string | null } | undefined, isMain: boolean): unknown;
};
const load = loader._load;
loader._load = function loadOrSubject(request, parent, isMain) {
  const subject = SUBJECT[request];
  if (subject !== undefined && parent?.filename?.startsWith(settings.root + sep)) return subject;
  return load.call(this, request, parent, isMain);
};

// A module's `import fs from 'fs'` becomes a module that takes the subject from a place that no test looks at.
if (settings.file.endsWith('.mjs')) {
  const key = 'stratum.node-suite.subject';
  Object.defineProperty(globalThis, Symbol.for(key), { value: SUBJECT });
  const exportsOf = (value: object): string[] => Object.keys(value).filter((name) => name !== 'default');
  const names = { fs: exportsOf(nodeFs), 'fs/promises': exportsOf(nodeFs.promises) };
  const folder = pathToFileURL(dirname(__filename)).href;
  register(`${folder}/loader.mjs`, { data: { root: pathToFileURL(settings.root).href, key, names } });
}
