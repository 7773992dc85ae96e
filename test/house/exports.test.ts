/** What the package offers: the names, and a browser bundle that stands on nothing of Node. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { ROOT } from './sources.js';

describe('the package', () => {
  test('exports these values, and a change of them is a decision', async () => {
    const library = await import('../../src/index.js');
    const tar = await import('../../src/tar/index.js');
    const justBash = await import('../../src/fs/just-bash.js');
    const names = (module: object): string[] => Object.keys(module).sort();
    const shell = await import('../../src/shell/runtime.js');
    const doors = {
      stratum: names(library),
      'stratum/just-bash': names(justBash),
      'stratum/shell': names(shell),
      'stratum/tar': names(tar),
    };
    expect(doors).toMatchSnapshot();
  });

  test('offers the same values in a browser, but for the machine that Node runs on', async () => {
    const node = await import('../../src/index.js');
    const browser = await import('../../src/index.browser.js');
    const ofTheMachine = [
      'DockerCredentials',
      'chrootRuntime',
      'compareBcrypt',
      'hostContext',
      'hostPath',
      'serveHttp',
    ];
    expect([...Object.keys(browser), ...ofTheMachine].sort()).toEqual(Object.keys(node).sort());
  });

  test('documents every value by its name', async () => {
    const pages = [
      'docs/library.md',
      'docs/just-bash.md',
      'docs/building.md',
      'docs/registries.md',
      'docs/registry-server.md',
    ]
      .map((path) => readFileSync(join(ROOT, path), 'utf8'))
      .join();
    const modules = [
      await import('../../src/index.js'),
      await import('../../src/fs/just-bash.js'),
      await import('../../src/shell/runtime.js'),
      await import('../../src/tar/index.js'),
    ];
    const names = modules.flatMap(Object.keys);
    expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(pages))).toEqual([]);
  });

  test('gives whoever installs it in Node an fs that can be taken for node:fs', () => {
    const folder = mkdtempSync(join(tmpdir(), 'consumer-'));
    const compilerOptions = { module: 'NodeNext', target: 'ES2023', strict: true, noEmit: true, types: ['node'] };
    const program = [
      "import { UnionFs } from 'stratum';",
      "export const fs: typeof import('node:fs') = UnionFs.over([]).fs;",
      "export const text: string = fs.readFileSync('/f', 'utf8');",
    ];
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(ROOT, join(folder, 'node_modules/stratum'));
    symlinkSync(join(ROOT, 'node_modules/@types'), join(folder, 'node_modules/@types'));
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.ts'] }));
    writeFileSync(join(folder, 'program.ts'), program.join('\n'));
    try {
      execFileSync(join(ROOT, 'node_modules/.bin/tsc'), ['-p', folder], { stdio: 'pipe', encoding: 'utf8' });
    } catch (error) {
      expect((error as { stdout: string }).stdout).toBe('');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('packs what runs and what explains it, and nothing else', () => {
    const args = ['pack', '--dry-run', '--json', '--ignore-scripts'];
    const [pack] = JSON.parse(execFileSync('npm', args, { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' }));
    const paths: string[] = pack.files.map(({ path }: { path: string }) => path);
    const alone = ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'];
    expect(paths.filter((path) => !/^(dist|docs)\//.test(path)).sort()).toEqual(alone);
    expect(paths).toContain('dist/index.js');
  });

  test.each([
    ['src/index.browser.ts', []],
    ['src/shell/runtime.ts', ['just-bash']],
  ])('%s bundles for a browser without a module of Node', async (entry, others) => {
    const { metafile, warnings } = await build({
      entryPoints: [join(ROOT, entry)],
      bundle: true,
      external: others,
      format: 'esm',
      platform: 'browser',
      conditions: ['browser'],
      write: false,
      metafile: true,
      logLevel: 'silent',
    });
    const outside = Object.values(metafile.inputs).flatMap(({ imports }) =>
      imports.filter(({ external }) => external === true).map(({ path }) => path),
    );
    expect(warnings).toEqual([]);
    expect(outside).toEqual(others);
  });
});
