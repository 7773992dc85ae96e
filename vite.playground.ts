/**
 * Builds the playground into dist/playground: the page with its worker in one file, the shell beside it, and a page that
 * holds the shell too. Nothing is loaded as a module, since `file:` gives none to pages and workers.
 */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin, type Rolldown } from 'vite';

const ROOT = fileURLToPath(new URL('./', import.meta.url));
const PAGE = join(ROOT, 'src/playground/page');
const OUT = join(ROOT, 'dist/playground');
/** just-bash for browsers, and a little more. */
const SHELL = join(ROOT, 'src/playground/shell/entry.ts');

/** A module that is made here, under a name that others import. */
function virtual(name: string, code: string): Plugin {
  return {
    name: `virtual ${name}`,
    enforce: 'pre',
    resolveId: (source) => (source === name || source.endsWith(`/${name}`) ? `\0${name}` : undefined),
    load: (id) => (id === `\0${name}` ? code : undefined),
  };
}

/** A script of one file, as text. */
async function script(entry: string, plugins: readonly Plugin[], globalName?: string): Promise<string> {
  const result = (await build({
    configFile: false,
    logLevel: 'warn',
    root: ROOT,
    plugins: [...plugins],
    define: { 'process.env.NODE_ENV': '"production"', 'import.meta.url': '"file:///"' },
    build: {
      write: false,
      minify: true,
      target: 'es2023',
      modulePreload: false,
      lib: { entry, formats: ['iife'], name: globalName ?? 'stratumPart', fileName: 'part' },
    },
  })) as Rolldown.RolldownOutput[];
  const chunk = result[0]?.output.find((each) => each.type === 'chunk');
  if (chunk === undefined) throw new Error(`nothing came of ${entry}`);
  return chunk.code;
}

/** just-bash asks for zlib in a browser too; gzip and gunzip fail there when a command runs them. */
const NO_ZLIB = `const missing = () => { throw new Error('there is no zlib in a browser'); };
export const constants = {};
export { missing as gunzipSync, missing as gzipSync };
export default { constants, gunzipSync: missing, gzipSync: missing };`;

/** Few layers are written with zstd: what does it comes with the shell. */
const LATE_ZSTD = `export const init = async () => { await globalThis.stratumTools(); await globalThis.stratumShell.zstd.init(); };
export const compress = (...args) => globalThis.stratumShell.zstd.compress(...args);`;

/** The worker's just-bash is what the script of the shell leaves in the global scope, once it was loaded. */
async function lateBash(): Promise<Plugin> {
  const names = Object.keys((await import(SHELL)) as object).filter((name) => name !== 'default');
  return virtual('just-bash', `export const { ${names.join(', ')} } = globalThis.stratumShell;`);
}

/** In a script of a page nothing may end the script but its own tag. */
const inPage = (code: string): string => code.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');

mkdirSync(OUT, { recursive: true });
const shell = await script(SHELL, [virtual('node:zlib', NO_ZLIB)], 'stratumShell');
const worker = await script(join(ROOT, 'src/playground/worker/main.ts'), [
  await lateBash(),
  virtual('@bokuweb/zstd-wasm', LATE_ZSTD),
]);
const page = await script(join(PAGE, 'main.ts'), [
  virtual('worker-source.js', `export default ${JSON.stringify(worker)};`),
]);
const style = readFileSync(join(PAGE, 'style.css'), 'utf8').replace(/\s*\n\s*/g, '\n');
const frame = readFileSync(join(PAGE, 'index.html'), 'utf8');
const html = (inner: string): string =>
  frame
    .replace('/*style*/', () => style)
    .replace('<!--shell-->', () => inner)
    .replace('/*page*/', () => inPage(page));
writeFileSync(join(OUT, 'index.html'), html(''));
writeFileSync(join(OUT, 'shell.js'), `window.stratumShell=${JSON.stringify(shell)};\n`);
// JSON in which no tag can begin, for the reader in shell-script.ts.
const inert = JSON.stringify(shell).replaceAll('<', '\\u003c');
writeFileSync(
  join(OUT, 'playground.html'),
  html(`<script type="application/json" id="stratum-shell">${inert}</script>`),
);
