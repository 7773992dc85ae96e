import { describe, expect, test } from 'vitest';
import { formatListing, type Listing } from '../../src/cli/listing.js';
import { alignColumns } from '../../src/cli/table.js';

const LISTING: Listing = {
  headings: { ID: 'IMAGE ID' },
  columns: ['Repository', 'ID'],
  rows: [
    { Repository: 'debian', ID: 'aaaa', Size: 1 },
    { Repository: 'localhost/app', ID: 'bbbb', Size: 2 },
  ],
  quietField: 'ID',
};

describe('alignColumns', () => {
  test('columns are at least ten characters wide and three apart, and the last is not filled', () => {
    expect(
      alignColumns([
        ['A', 'B', 'C'],
        ['1234567890', 'x', 'y'],
      ]),
    ).toBe('A            B         C\n1234567890   x         y\n');
  });

  test('a character is one column, however many units it has', () => {
    expect(
      alignColumns([
        ['🙂🙂🙂🙂🙂🙂🙂🙂', 'x'],
        ['a', 'y'],
      ]),
    ).toBe('🙂🙂🙂🙂🙂🙂🙂🙂   x\na          y\n');
  });
});

describe('formatListing', () => {
  test('the default is a table with headings, also of nothing', async () => {
    expect(await formatListing(LISTING, {})).toBe(
      'REPOSITORY      IMAGE ID\ndebian          aaaa\nlocalhost/app   bbbb\n',
    );
    expect(await formatListing({ ...LISTING, rows: [] }, {})).toBe('REPOSITORY   IMAGE ID\n');
  });

  test('quiet prints ids, a format goes before quiet', async () => {
    expect(await formatListing(LISTING, { quiet: true })).toBe('aaaa\nbbbb\n');
    expect(await formatListing(LISTING, { quiet: true, format: '{{.Size}}' })).toBe('1\n2\n');
  });

  test('json is one object a line, with every field', async () => {
    expect(await formatListing(LISTING, { format: 'json' })).toBe(
      '{"Repository":"debian","ID":"aaaa","Size":1}\n{"Repository":"localhost/app","ID":"bbbb","Size":2}\n',
    );
  });

  test('a table template has headings, which json does not quote', async () => {
    expect(await formatListing(LISTING, { format: 'table {{.ID}}\\t{{json .Repository}}' })).toBe(
      'IMAGE ID   REPOSITORY\naaaa       "debian"\nbbbb       "localhost/app"\n',
    );
  });

  test('a format without a field is refused', async () => {
    await expect(formatListing(LISTING, { format: 'yaml' })).rejects.toThrow('unknown format "yaml"');
  });

  test('a field that no row has is refused, naming those there are', async () => {
    await expect(formatListing(LISTING, { format: '{{.Nope}}' })).rejects.toMatchObject({
      hint: 'There are Repository, ID, Size.',
    });
  });
});
