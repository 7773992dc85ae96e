/**
 * What the documents show runs as printed: `ts` and `sh` blocks against the built package, `typescript` blocks as files
 * of the tests. Links lead to what is there.
 */

import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from './sources.js';

const run = promisify(execFile);

interface Block {
  readonly document: string;
  readonly line: number;
  readonly text: string;
}

/** In the repository, so that an example finds the package under its own name, as an installed one. */
const EXAMPLES = join(ROOT, '.cache', 'examples');
/** The tour of the command line has a test of its own, which also reads what it prints. */
const TESTED_ELSEWHERE = ['docs/cli.md'];

const documents: readonly string[] = [
  ...readdirSync(ROOT).filter((path) => path.endsWith('.md')),
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => `docs/${path}`),
];

let scratch = '';
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'stratum-documents-'));
  const start = `#!/bin/sh\nexec "${process.execPath}" "${join(ROOT, 'dist/bin/stratum.js')}" "$@"\n`;
  mkdirSync(join(scratch, 'bin'));
  writeFileSync(join(scratch, 'bin', 'stratum'), start, { mode: 0o755 });
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('examples in TypeScript', () => {
  const examples = blocks('ts').map((block) => ({ ...block, file: exampleFile(block) }));

  test('have the right types', async () => {
    rmSync(EXAMPLES, { recursive: true, force: true });
    mkdirSync(EXAMPLES, { recursive: true });
    for (const { file, text } of examples) writeFileSync(file, text);
    const options = { noEmit: true, types: ['node'], isolatedDeclarations: false, noUnusedLocals: false };
    writeFileSync(
      join(EXAMPLES, 'tsconfig.json'),
      JSON.stringify({ extends: '../../tsconfig.base.json', compilerOptions: options, include: ['*.ts'] }),
    );
    const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
    const { stdout } = await run(process.execPath, [compiler, '-p', EXAMPLES]).catch((error) => error);
    expect(stdout).toBe('');
  });

  for (const { document, line, text, file } of examples) {
    test(`${document}, line ${line}, prints what its comments say`, async () => {
      const cwd = mkdtempSync(join(scratch, 'ts-'));
      const { stdout } = await run(process.execPath, ['--import', import.meta.resolve('tsx'), file], { cwd });
      expect(stdout.split('\n').slice(0, -1)).toEqual(printedLines(text));
    });
  }
});

describe('examples that are tests of their own', () => {
  for (const { document, line, text } of blocks('typescript')) {
    test(`${document}, line ${line}, is the file that its first line names`, () => {
      const [, path = '', shown] = /^\/\/ (test\/\S+)\n(.*)$/s.exec(text) ?? [];
      expect(shown).toBe(asInstalled(readFileSync(join(ROOT, path), 'utf8')));
    });
  }
});

describe('examples for the shell', () => {
  for (const { document, line, text } of blocks('sh')) {
    if (TESTED_ELSEWHERE.includes(document)) continue;
    test(`${document}, line ${line}, runs as printed`, async () => {
      const cwd = mkdtempSync(join(scratch, 'sh-'));
      const env = {
        ...process.env,
        PATH: `${join(scratch, 'bin')}:${process.env['PATH']}`,
        STRATUM_ROOT: join(cwd, 'store'),
      };
      await run('bash', ['-euo', 'pipefail', '-c', text], { cwd, env });
    });
  }
});

test('every link in a document leads to a file that is there', () => {
  const lost = documents.flatMap((document) => {
    const text = readFileSync(join(ROOT, document), 'utf8').replace(/```.*?```/gs, '');
    const targets = [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map((match) => match[1] ?? '');
    return targets
      .filter((target) => !/^[a-z]+:/.test(target) && !existsSync(join(ROOT, dirname(document), target)))
      .map((target) => `${document} -> ${target}`);
  });
  expect(lost).toEqual([]);
});

/** A test with the package under the names that users import. */
function asInstalled(text: string): string {
  return text
    .replace(/'\.\.\/\.\.\/src\/index(\.browser)?\.js'/g, "'stratum'")
    .replaceAll("'../../src/shell/runtime.js'", "'stratum/shell'");
}

/** The fenced blocks of a language in all documents. */
function blocks(language: string): Block[] {
  return documents.flatMap((document) => {
    const page = readFileSync(join(ROOT, document), 'utf8');
    return [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map((match) => ({
      document,
      line: page.slice(0, match.index).split('\n').length,
      text: match[1] ?? '',
    }));
  });
}

function exampleFile({ document, line }: Block): string {
  return join(EXAMPLES, `${document.replace(/\W+/g, '-')}-${line}.ts`);
}

/** An example prints by `console.log(…); // what is printed`. */
function printedLines(text: string): string[] {
  return [...text.matchAll(/^\s*console\.log\(.*\); \/\/ (.*)$/gm)].map((match) => match[1] ?? '');
}
