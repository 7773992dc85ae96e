/** TypeScript's compiler checks a project in a union; a fork has the mended one, and the original the errors. */

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { FileSystem } from 'typescript/unstable/fs';
import { API } from 'typescript/unstable/sync';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Fs, hostPath, UnionFs } from '../../src/index.js';
import { type Files, layerOf } from './files.js';

const PROJECT = '/project/tsconfig.json';
const SETTINGS = JSON.stringify({
  compilerOptions: { strict: true, noEmit: true, types: [], lib: ['es5'] },
  include: ['src'],
});

const BELOW: Files = {
  [PROJECT]: SETTINGS,
  '/project/src/area.ts': 'export const area = (side: number): string => side * side;\n',
  '/project/src/unknown.ts': 'export const lost = missing;\n',
};
const ABOVE: Files = {
  '/project/src/main.ts':
    "import { area } from './area.js';\nimport { unit } from 'units';\nexport const all = [area(2), unit];\n",
  '/store/units/package.json': '{ "name": "units", "types": "index.d.ts" }',
  '/store/units/index.d.ts': 'export declare const unit: string;\n',
};

/** Where TypeScript keeps what it knows of JavaScript's own objects. */
const platform = `@typescript/typescript-${process.platform}-${process.arch}/package.json`;
const typescript = createRequire(import.meta.resolve('typescript/package.json'));
const LIBRARY = join(dirname(typescript.resolve(platform)), 'lib');

/** What the compiler asks of a file system. It never looks at the machine's own: `null` is a file that is not there. */
function compilerFs(fs: Fs): FileSystem {
  const stat = (path: string) => fs.statSync(path, { throwIfNoEntry: false });
  return {
    readFile: (path) => (stat(path)?.isFile() ? fs.readFileSync(path, 'utf8') : null),
    fileExists: (path) => stat(path)?.isFile() ?? false,
    directoryExists: (path) => stat(path)?.isDirectory() ?? false,
    getAccessibleEntries: (path) => {
      const names = fs.readdirSync(path);
      const isFolder = (name: string): boolean => stat(join(path, name))?.isDirectory() ?? false;
      return { files: names.filter((name) => !isFolder(name)), directories: names.filter(isFolder) };
    },
    realpath: (path) => fs.realpathSync(path),
  };
}

/** What the compiler complains of: file and number. */
function errors(fs: Fs): string[] {
  const api = new API({ cwd: '/project', fs: compilerFs(fs) });
  try {
    const project = api.updateSnapshot({ openProjects: [PROJECT] }).getProject(PROJECT);
    if (project === undefined) throw new Error('no project');
    const { program } = project;
    const found = [
      ...program.getProgramDiagnostics(),
      ...program.getSyntacticDiagnostics(),
      ...program.getSemanticDiagnostics(),
    ];
    return found.map(({ fileName, code }) => `${fileName} TS${code}`).sort();
  } finally {
    api.close();
  }
}

const WRONG = ['/project/src/area.ts TS2322', '/project/src/unknown.ts TS2304'];
let union = UnionFs.over([]);

beforeEach(async () => {
  union = UnionFs.over([await layerOf(BELOW), await layerOf(ABOVE)]);
  union.fs.mkdirSync('/project/node_modules');
  union.fs.symlinkSync('../../store/units', '/project/node_modules/units');
  union.mount(LIBRARY, hostPath(LIBRARY), { readOnly: true, create: true });
});

describe('TypeScript on a union', () => {
  test('finds the errors in the files of a layer', () => {
    expect(errors(union.fs)).toEqual(WRONG);
  });

  test('finds none in a fork where they are mended, and the same in the original', () => {
    const [changes, fork] = [union.changes(), union.fork()];
    fork.fs.writeFileSync(
      '/project/src/area.ts',
      'export const area = (side: number): string => String(side * side);\n',
    );
    expect(errors(fork.fs)).toEqual(WRONG.slice(1));
    fork.fs.rmSync('/project/src/unknown.ts');
    expect(errors(fork.fs)).toEqual([]);
    expect(errors(union.fs)).toEqual(WRONG);
    expect(union.changes()).toEqual(changes);
  });

  test('follows a symlink to a package, and misses it where it is gone', () => {
    const fork = union.fork();
    fork.fs.unlinkSync('/project/node_modules/units');
    expect(errors(fork.fs)).toEqual([WRONG[0], '/project/src/main.ts TS2307', WRONG[1]]);
  });

  test('sees a change in the same session when it is told of it', () => {
    const api = new API({ cwd: '/project', fs: compilerFs(union.fs) });
    const count = (): number | undefined =>
      api
        .updateSnapshot({ openProjects: [PROJECT] })
        .getProject(PROJECT)
        ?.program.getSemanticDiagnostics().length;
    try {
      expect(count()).toBe(2);
      union.fs.writeFileSync('/project/src/unknown.ts', 'export const found = 1;\n');
      api.updateSnapshot({ fileChanges: { changed: ['/project/src/unknown.ts'] } });
      expect(count()).toBe(1);
    } finally {
      api.close();
    }
  });
});
