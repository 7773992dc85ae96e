import { describe, expect, test } from 'vitest';
import { tarOf, withEmptyStore, withStore } from './store.js';

describe('images', () => {
  test('has the columns that Docker has', () =>
    withStore(async ({ ok }) => {
      const id = (await ok('images -q')).trim();
      expect(await ok('images')).toBe(
        `REPOSITORY   TAG       IMAGE ID       CREATED        SIZE\ndemo/base    1         ${id}   56 years ago   ${await ok(['images', '--format', '{{.Size}}'])}`,
      );
      expect(await ok('images --digests')).toMatch(/^REPOSITORY +TAG +DIGEST +IMAGE ID +CREATED +SIZE\n/);
    }));

  test('prints ids alone, short and whole', () =>
    withStore(async ({ ok }) => {
      expect(await ok('images -q')).toMatch(/^[0-9a-f]{12}\n$/);
      expect(await ok('images -q --no-trunc')).toMatch(/^sha256:[0-9a-f]{64}\n$/);
    }));

  test('prints JSON, one object a line', () =>
    withStore(async ({ ok }) => {
      await ok('tag demo/base:1 other:2');
      const rows = (await ok('images --format json'))
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(rows.map(({ Repository, Tag }) => `${Repository}:${Tag}`).sort()).toEqual(['demo/base:1', 'other:2']);
      expect(rows[0].Platform).toMatch(/^linux\//);
    }));

  test('is narrowed by a reference and by filters', () =>
    withStore(async ({ ok }) => {
      await ok('tag demo/base:1 other:2');
      expect(await ok('images other --format {{.Tag}}')).toBe('2\n');
      expect(await ok('images --filter reference=demo/* --format {{.Tag}}')).toBe('1\n');
      expect(await ok('images de?o/[a-c]ase:1 --format {{.Tag}}')).toBe('1\n');
      expect(await ok('images d* -q')).toBe('');
      expect(await ok('images demo.base -q')).toBe('');
      expect(await ok('images --filter dangling=true -q')).toBe('');
    }));

  test('of an empty store is the headings', () =>
    withEmptyStore(async ({ ok }) => {
      expect(await ok('images')).toBe('REPOSITORY   TAG       IMAGE ID   CREATED   SIZE\n');
      expect(await ok('images -q')).toBe('');
    }));
});

describe('history', () => {
  test('has the columns that Docker has', () =>
    withStore(async ({ ok }) => {
      const [heading, line] = (await ok('history demo/base:1')).split('\n');
      expect(heading).toMatch(/^IMAGE +CREATED +CREATED BY +SIZE +COMMENT$/);
      expect(line).toMatch(/^[0-9a-f]{12} +56 years ago .* base$/);
    }));

  test('prints bytes and times when people are not meant', () =>
    withStore(async ({ ok }) => {
      const text = await ok('history --human=false demo/base:1');
      expect(text).toMatch(/^IMAGE +CREATED AT +CREATED BY +SIZE +COMMENT\n/);
      expect(text).toMatch(/1970-01-01T00:16:40Z .* \d{2,} /);
      expect(await ok('history -H=false demo/base:1')).toBe(text);
      expect(await ok('history --no-human demo/base:1')).toBe(text);
    }));

  test('names steps without an id of their own as missing', () =>
    withStore(async ({ ok }) => {
      await ok('create --name c1 demo/base:1');
      await ok('cp - c1:/srv', { stdin: tarOf({ new: 'new' }) });
      await ok('commit c1 demo/two');
      expect((await ok('history -q demo/two')).split('\n').slice(1)).toEqual(['<missing>', '']);
    }));

  test('of what is not there is an error with a hint', () =>
    withStore(async ({ run }) => {
      const { code, out, err } = await run('history nothing');
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(err).toMatch(/^Error: .*nothing.*\n'stratum images' lists what is in the store\.\n$/);
    }));
});

describe('inspect', () => {
  test('prints an array of objects', () =>
    withStore(async ({ ok }) => {
      const [object] = JSON.parse(await ok('inspect demo/base:1'));
      expect(object.Id).toBe((await ok('images -q --no-trunc')).trim());
      expect(object.RepoTags).toEqual(['demo/base:1']);
      expect(object.RootFS.Layers).toHaveLength(1);
    }));

  test('fills in templates', () =>
    withStore(async ({ ok }) => {
      expect(await ok(['inspect', '-f', '{{.Os}} {{index .RepoTags 0}}', 'demo/base:1'])).toBe('linux demo/base:1\n');
      expect(JSON.parse(await ok('inspect --format json demo/base:1')).Os).toBe('linux');
    }));

  test('prints what it found and fails for the rest', () =>
    withStore(async ({ run }) => {
      const { code, out, err } = await run('inspect demo/base:1 nothing');
      expect([code, JSON.parse(out).length, err]).toEqual([1, 1, 'Error: No such object: nothing\n']);
      expect(await run('inspect nothing')).toMatchObject({ code: 1, out: '[]\n' });
    }));

  test('looks where it is told', () =>
    withStore(async ({ ok, run }) => {
      await ok('create --name c1 demo/base:1');
      await ok('cp - c1:/', { stdin: tarOf({ new: 'new' }) });
      expect((await run('inspect --type image c1')).code).toBe(1);
      expect((await run('inspect --type container demo/base:1')).code).toBe(1);
      const [container] = JSON.parse(await ok('inspect --size --type container c1'));
      expect(container.SizeRw).toBeGreaterThan(0);
    }));
});

describe('tag and rmi', () => {
  test('a name is taken away, the image with its last one', () =>
    withStore(async ({ ok }) => {
      await ok('tag demo/base:1 other');
      expect(await ok('rmi other')).toBe('Untagged: other:latest\n');
      expect(await ok('rmi demo/base:1')).toMatch(/^Untagged: demo\/base:1\nDeleted: sha256:[0-9a-f]{64}\n/);
      expect(await ok('images -aq')).toBe('');
    }));

  test('what one name fails for is done for the others', () =>
    withStore(async ({ run }) => {
      const { code, out, err } = await run('rmi nothing demo/base:1');
      expect([code, out.startsWith('Untagged: demo/base:1\n'), err.startsWith('Error: ')]).toEqual([1, true, true]);
    }));
});

test('layers shows sizes, sharing and totals', () =>
  withStore(async ({ ok }) => {
    await ok('create --name c1 demo/base:1');
    await ok('cp - c1:/srv', { stdin: tarOf({ new: 'new' }) });
    await ok('commit -m more c1 demo/two');
    const lines = (await ok('layers demo/two')).trimEnd().split('\n');
    expect(lines[0]).toMatch(/^# +DIFF ID +SIZE +SHARED WITH +CREATED BY/);
    expect(lines[1]).toMatch(/^2 +[0-9a-f]{12} .*[█▉▊▋▌▍▎▏].* - /);
    expect(lines[2]).toMatch(/^1 +[0-9a-f]{12} .*▒.* demo\/base:1 /);
    expect(lines[3]).toMatch(/^2 layers, .* shared, .* its own$/);
    const rows = (await ok('layers --format json demo/two'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows.map(({ Position, SharedWith }) => [Position, SharedWith])).toEqual([
      [2, []],
      [1, ['demo/base:1']],
    ]);
  }));
