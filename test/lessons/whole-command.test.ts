/** Whether more lines must come is what the shell itself would say. */

import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { isWholeCommand } from '../../src/cli/lesson/whole-command.js';

const WHOLE = [
  'ls',
  '',
  "echo 'a b'",
  'echo "it\'s"',
  "echo it\\'s",
  'echo "a \\" b"',
  "cat > f <<'END'\nsome \"text\nit's\nEND",
  'cat <<END\nEND',
  'cat <<-END\n\tx\n\tEND',
  'cat <<A; cat <<B\na\nA\nb\nB',
  'echo one \\\n  two',
  "echo 'two\nlines'",
  "echo done # it's a comment",
  'echo a#b',
  "echo '<<END'",
  'cat <<END\n<<MORE\nEND\necho after',
];
const OPEN = [
  "echo 'a",
  'echo "a',
  'echo a \\',
  'cat <<END',
  "cat <<'END'\nnot the END",
  'cat <<A <<B\nx\nA\ny',
  "echo 'a\nb",
];

describe('a whole command', () => {
  test.each(WHOLE)('%j', (text) => {
    expect(isWholeCommand(text.split('\n'))).toBe(true);
    // What the shell takes whole, it does not complain of.
    expect(spawnSync('sh', ['-n', '-c', text]).stderr.toString()).toBe('');
  });
});

describe('more must come', () => {
  test.each(OPEN)('%j', (text) => {
    expect(isWholeCommand(text.split('\n'))).toBe(false);
  });
});

test('a here-string is no document', () => {
  expect(isWholeCommand(["cat <<< 'END'"])).toBe(true);
});
