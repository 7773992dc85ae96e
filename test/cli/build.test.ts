import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { withEmptyStore } from './store.js';

const DOCKERFILE = 'FROM scratch\nLABEL who=me\nCOPY . /app/\n';

async function project(directory: string, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(join(directory, 'src'), { recursive: true });
  for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content);
}

describe('build', () => {
  test('makes an image of a directory, and finds it again in the cache', () =>
    withEmptyStore(async ({ ok, run, directory }) => {
      await project(directory, { Dockerfile: DOCKERFILE, 'src/a': 'x', '.dockerignore': 'Dockerfile\nstore\n' });
      const id = await ok('build -q -t app --timestamp 1700000000 .');
      expect(id).toMatch(/^sha256:[0-9a-f]{64}\n$/);
      expect(await ok('cat app /app/src/a')).toBe('x');
      const again = await run('build -t app --timestamp 1700000000 --progress plain .');
      expect([again.out, again.err.includes('CACHED')]).toEqual([id, true]);
    }));

  test('explains what is built anew', () =>
    withEmptyStore(async ({ ok, directory }) => {
      await project(directory, { Dockerfile: DOCKERFILE, 'src/a': 'x', '.dockerignore': 'store\n' });
      await ok('build -q .');
      await writeFile(join(directory, 'src/a'), 'y');
      expect(await ok('build -q --explain .')).toContain('why: file src/a changed (content)');
    }));

  test('reads a Dockerfile from standard input', () =>
    withEmptyStore(async ({ ok }) => {
      await ok('build -q -t empty -', { stdin: Buffer.from('FROM scratch\nWORKDIR /w\n') });
      expect(await ok('ls empty /')).toBe('w\n');
    }));

  test('writes archives, layouts and files', () =>
    withEmptyStore(async ({ ok, directory }) => {
      await project(directory, { Dockerfile: 'FROM scratch\nCOPY src /\n', 'src/a': 'x' });
      await ok('build -q -o type=oci,dest=out.tar -o type=oci,tar=false,dest=layout -o type=local,dest=files .');
      expect(await readFile(join(directory, 'files/a'), 'utf8')).toBe('x');
      await withEmptyStore(async (other) => {
        expect(await other.ok(`load -i ${directory}/out.tar`)).toMatch(/^Loaded image ID: sha256:/);
        expect(await other.ok(`load -i ${directory}/layout`)).toMatch(/^Loaded image ID: sha256:/);
      });
    }));

  test('points at the line that is wrong', () =>
    withEmptyStore(async ({ run, directory }) => {
      await project(directory, { Dockerfile: 'FROM scratch\nCOPPY a b\n' });
      expect(await run('build .')).toMatchObject({
        code: 1,
        err: 'Error: Dockerfile:2: unknown instruction: COPPY (did you mean COPY?)\n',
      });
      await writeFile(join(directory, 'Dockerfile'), 'FROM scratch\nCOPY none /\n');
      const { err } = await run('build .');
      expect(err).toContain('>>> COPY none /');
    }));

  test('checks without building', () =>
    withEmptyStore(async ({ run, ok, directory }) => {
      await project(directory, { Dockerfile: 'FROM scratch\nMAINTAINER me\n' });
      const { out, code } = await run('build --call=check,format=json .');
      expect([code, JSON.parse(out).warnings[0].ruleName]).toEqual([1, 'MaintainerDeprecated']);
      expect((await run('build --check .')).out).toContain('Dockerfile:2');
      expect(await ok('images -q')).toBe('');
    }));

  test('checks with what the store knows of the base', () =>
    withEmptyStore(async ({ run, ok, directory }) => {
      await project(directory, { Dockerfile: 'FROM scratch\nENV HERE=/a\n' });
      await ok('build -q --platform linux/arm64 -t base .');
      await writeFile(join(directory, 'Dockerfile'), 'FROM base\nWORKDIR $HERE\nCOPY $THERE .\n');
      const { out, code } = await run('build --call=check,format=json .');
      const found = JSON.parse(out).warnings.map(({ ruleName }: { ruleName: string }) => ruleName);
      expect([code, found]).toEqual([1, ['InvalidBaseImagePlatform', 'UndefinedVar']]);
    }));

  test('says what is wrong beside what is questionable', () =>
    withEmptyStore(async ({ run, directory }) => {
      await project(directory, { Dockerfile: 'FROM scratch\nMAINTAINER me\nCOPPY a b\n' });
      const { out, code } = await run('build --call=check,format=json .');
      const { warnings, buildError } = JSON.parse(out);
      expect([code, warnings.length, buildError]).toMatchObject([
        1,
        1,
        {
          message: 'unknown instruction: COPPY (did you mean COPY?)',
          location: { file: 'Dockerfile', ranges: [{ start: { line: 3 } }] },
        },
      ]);
      const text = await run('build --check .');
      expect([text.code, text.out.split('\n')[0]]).toEqual([1, 'Check complete, 1 warning has been found!']);
      expect(text.err).toBe('Error: Dockerfile:3: unknown instruction: COPPY (did you mean COPY?)\n');
    }));

  test('checks by rules of its own when asked, and tells it by the exit code or not', () =>
    withEmptyStore(async ({ run, ok, directory }) => {
      await project(directory, { Dockerfile: 'FROM scratch\nCOPY a /a\nRUN rm /a\n' });
      expect(await ok('build --check .')).toBe('Check complete, no warnings found.\n');
      expect(await ok('build --call=check,own,ignorestatus .')).toContain('WARNING: RemovedLater\nRemoving "/a"');
      await writeFile(join(directory, 'Dockerfile'), '# check=error=true\nFROM scratch\nCMD a\n');
      expect((await run('build --check .')).err).toContain('lint violation found for rules: JSONArgsRecommended');
    }));

  test('leaves its cache in a directory, and takes another store from there', () =>
    withEmptyStore(async ({ ok, directory }) => {
      await project(directory, { Dockerfile: DOCKERFILE, 'src/a': 'x', '.dockerignore': 'Dockerfile\nstore\ncache\n' });
      await ok('build -q --cache-to type=local,dest=cache .');
      await withEmptyStore(async (other) => {
        const { err } = await other.run(
          `build --progress plain --cache-from type=local,src=${directory}/cache ${directory}`,
        );
        expect(err).toContain('CACHED');
        expect((await other.run(`build --cache-from type=local,src=none ${directory}`)).err).toContain(
          'WARNING: no build cache from',
        );
        expect(await other.run(`build --cache-to type=s3 ${directory}`)).toMatchObject({
          code: 125,
          err: expect.stringContaining("unknown cache type 's3'"),
        });
      });
    }));

  test('says what is questionable at its end, and does not build where that is an error', () =>
    withEmptyStore(async ({ run, directory }) => {
      await project(directory, { Dockerfile: 'FROM scratch\nCOPY src /\nCMD a\n', 'src/a': 'x' });
      const { code, err } = await run('build .');
      expect(code).toBe(0);
      expect(err).toContain(' 1 warning found (use --check to see the lines):\n - JSONArgsRecommended: ');
      expect((await run('build -q .')).err).toBe('');
      await writeFile(join(directory, 'Dockerfile'), '# check=error=true\nFROM scratch\nCMD a\n');
      const refused = await run('build -t app .');
      expect(refused.err).toContain('lint violation found for rules: JSONArgsRecommended');
      expect(refused.code).toBe(1);
      expect((await run('images -q')).out).toBe('');
    }));
});
