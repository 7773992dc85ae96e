/** webpack builds in a union: what it builds on a disk, and in a fork without a trace in the original. */

import * as disk from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import webpack, { type Configuration, type Stats, type WebpackPluginInstance } from 'webpack';
import { UnionFs } from '../../src/index.js';
import { type Files, type NodeFs, plant } from './files.js';

const PROJECT: Files = {
  'package.json': '{ "name": "project", "sideEffects": false }',
  'src/index.js': `
    import { greet } from './greet.js';
    import data from '../data.json';
    import label from 'dependency';
    report(label(greet(data.name)));
    import('./later.js').then((later) => later.run(report));
  `,
  'src/greet.js': 'export const greet = (name) => "hello, " + name;\nexport const unused = () => "UNUSED";\n',
  'src/later.js': 'export const run = (report) => report("later");\n',
  'data.json': '{ "name": "world", "other": [1, 2, 3] }',
  'node_modules/dependency/package.json': '{ "name": "dependency", "exports": { "import": "./esm/index.mjs" } }',
  'node_modules/dependency/esm/index.mjs': 'export default (text) => "[" + text + "]";\n',
};

/** A folder that nothing is in on the machine when a union is built, so that nothing can be found there. */
const ROOT = join(tmpdir(), `stratum-webpack-${process.pid}`);

function configuration(options: Configuration = {}): Configuration {
  return {
    mode: 'production',
    context: ROOT,
    entry: './src/index.js',
    target: 'node',
    devtool: 'source-map',
    output: {
      path: join(ROOT, 'out'),
      filename: 'main.js',
      chunkFilename: '[name].[contenthash].js',
      clean: true,
      // Without it webpack looks for a package.json, and that by node:fs itself.
      uniqueName: 'project',
    },
    optimization: { minimize: false },
    performance: false,
    ...options,
  };
}

/** A plugin and not an assignment to the compiler, which would come too late: its cache has its file system by then. */
function onFs(fs: NodeFs): WebpackPluginInstance {
  return {
    apply: (compiler) => {
      Object.assign(compiler, { inputFileSystem: fs, outputFileSystem: fs, intermediateFileSystem: fs });
    },
  };
}

/** Builds on a file system, and gives what webpack says of it. Fails where there is an error or a warning. */
async function build(fs: NodeFs, options: Configuration = {}): Promise<Stats> {
  const compiler = webpack({ ...configuration(options), plugins: [onFs(fs)] });
  try {
    const stats = await new Promise<Stats | undefined>((resolve, reject) => {
      compiler.run((error, result) => (error === null ? resolve(result) : reject(error)));
    });
    if (stats === undefined || stats.hasErrors() || stats.hasWarnings()) throw new Error(stats?.toString());
    return stats;
  } finally {
    await new Promise((resolve) => compiler.close(resolve));
  }
}

/** What the program prints that webpack put into a file system. */
async function printed(fs: NodeFs): Promise<string[]> {
  const lines: string[] = [];
  const load = (name: string): unknown => {
    const module = { exports: {} };
    const source = fs.readFileSync(join(ROOT, 'out', name), 'utf8');
    const report = (line: string): unknown => lines.push(line);
    runInNewContext(source, { module, exports: module.exports, require: load, report, Promise });
    return module.exports;
  };
  load('main.js');
  await new Promise((resolve) => setImmediate(resolve));
  return lines;
}

function output(fs: NodeFs): Record<string, string> {
  const names = fs.readdirSync(join(ROOT, 'out')).sort();
  return Object.fromEntries(names.map((name) => [name, fs.readFileSync(join(ROOT, 'out', name), 'utf8')]));
}

const CACHE: Configuration['cache'] = {
  type: 'filesystem',
  cacheDirectory: join(ROOT, 'cache'),
  // What it depends on by default is webpack itself, which is not in the union.
  buildDependencies: { defaultWebpack: [] },
};

/** The modules that were built now and not taken from the cache. A module that others are merged into is made anew. */
function built(stats: Stats): string[] {
  const { modules = [] } = stats.toJson({ all: false, modules: true, nestedModules: true, ids: true });
  return modules
    .flatMap((module) => [module, ...(module.modules ?? [])])
    .filter((module) => module.built && module.modules === undefined)
    .map((module) => module.name ?? '')
    .filter((name) => name.startsWith('./'))
    .sort();
}

let union = UnionFs.over([]);

beforeAll(async () => {
  plant(union.fs, ROOT, { ...PROJECT, 'out/stale.js': 'of an earlier build' });
  union = UnionFs.over([await union.toLayer()]);
  await build(union.fs);
});
afterAll(() => disk.rmSync(ROOT, { recursive: true, force: true }));

describe('webpack in a union', () => {
  test('builds a program that runs', async () => {
    expect(await printed(union.fs)).toEqual(['[hello, world]', 'later']);
  });

  test('reads the layer and writes only its output', () => {
    const changes = union.changes().map(({ kind, path }) => `${kind} ${path.slice(ROOT.length)}`);
    expect(changes).toEqual([
      'modify /out',
      expect.stringMatching(/^add \/out\/\d+\.[0-9a-f]+\.js$/),
      expect.stringMatching(/^add \/out\/\d+\.[0-9a-f]+\.js\.map$/),
      'add /out/main.js',
      'add /out/main.js.map',
      'delete /out/stale.js',
    ]);
    expect(union.origin(join(ROOT, 'out/main.js')).id).toBe('upper');
    expect(union.origin(join(ROOT, 'src/index.js')).id).toBe(union.origin(join(ROOT, 'data.json')).id);
  });

  test('builds what a change in a fork asks for, and leaves the original as it was', async () => {
    const [before, changes] = [output(union.fs), union.changes()];
    const fork = union.fork();
    fork.fs.writeFileSync(join(ROOT, 'src/greet.js'), 'export const greet = (name) => "bye, " + name;\n');
    await build(fork.fs);
    expect(await printed(fork.fs)).toEqual(['[bye, world]', 'later']);
    expect(await printed(union.fs)).toEqual(['[hello, world]', 'later']);
    expect(output(union.fs)).toEqual(before);
    expect(union.changes()).toEqual(changes);
  });

  test('does not find what the fork deleted', async () => {
    const { fs } = union.fork();
    fs.rmSync(join(ROOT, 'node_modules/dependency/esm'), { recursive: true });
    await expect(build(fs)).rejects.toThrow(/no valid target file was found/);
  });

  test('keeps its cache in the union, and a fork builds from it', async () => {
    const cached = union.fork();
    const cold = built(await build(cached.fs, { cache: CACHE }));
    expect(cached.fs.readdirSync(join(ROOT, 'cache'))).toEqual(['default-production']);
    const fork = cached.fork();
    fork.fs.appendFileSync(join(ROOT, 'src/greet.js'), '// changed\n');
    expect(built(await build(fork.fs, { cache: CACHE }))).toEqual(['./src/greet.js']);
    expect(cold).toEqual(expect.arrayContaining(['./data.json', './src/greet.js', './src/index.js', './src/later.js']));
  });

  test('builds to the byte what it builds on a disk', async () => {
    plant(disk, ROOT, PROJECT);
    await build(disk);
    expect(output(union.fs)).toEqual(output(disk));
    expect(Object.keys(output(disk))).toHaveLength(4);
  });
});
