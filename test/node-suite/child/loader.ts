/** The part of the preload that Node runs in a thread of its own: imports of `fs` from a test lead to the subject. */

import type { InitializeHook, LoadHook, ResolveHook } from 'node:module';

interface Data {
  readonly root: string;
  readonly key: string;
  readonly names: Readonly<Record<string, readonly string[]>>;
}

const SCHEME = 'subject:';
let data: Data = { root: '', key: '', names: {} };

export const initialize: InitializeHook<Data> = (given) => {
  data = given;
};

export const resolve: ResolveHook = (specifier, context, next) => {
  const name = specifier.replace(/^node:/, '');
  const fromTest = context.parentURL?.startsWith(data.root) === true;
  if (fromTest && data.names[name] !== undefined) return { url: SCHEME + name, shortCircuit: true };
  return next(specifier, context);
};

export const load: LoadHook = (url, context, next) => {
  if (!url.startsWith(SCHEME)) return next(url, context);
  const name = url.slice(SCHEME.length);
  const subject = `globalThis[Symbol.for(${JSON.stringify(data.key)})][${JSON.stringify(name)}]`;
  const each = (data.names[name] ?? []).map((key) => `export const ${key} = subject.${key};`);
  const source = [`const subject = ${subject};`, 'export default subject;', ...each].join('\n');
  return { format: 'module', source, shortCircuit: true };
};
