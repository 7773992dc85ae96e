/** Dockerfile text to instructions. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isStratumError } from '../../src/base/error.js';
import { parseDockerfile } from '../../src/dockerfile/parse.js';

const first = (text: string) => parseDockerfile(`FROM scratch\n${text}`).stages[0]?.instructions[0];

describe('parseDockerfile', () => {
  test('joins continuation lines, and drops the comments and empty lines between them', () => {
    expect(first('RUN a \\\n# no\n\n  b\n')).toMatchObject({
      kind: 'run',
      command: { form: 'shell', text: 'a   b' },
      range: { start: 2, end: 5 },
    });
  });

  test('takes a JSON list for arguments, and what only looks like one for the shell', () => {
    expect(first('CMD ["a", "b\\u0041"]')).toMatchObject({ command: { form: 'exec', args: ['a', 'bA'] } });
    expect(first("CMD ['a']")).toMatchObject({ command: { form: 'shell', text: "['a']" } });
  });

  test('reads here-documents: quoted ones do not expand, a dash takes tabs away', () => {
    expect(first("COPY <<a <<-'b' /x/\n$v\na\n\tc\n\tb\n")).toMatchObject({
      destination: '/x/',
      heredocs: [
        { name: 'a', expand: true, content: '$v\n' },
        { name: 'b', expand: false, content: 'c\n' },
      ],
    });
  });

  test('takes `<<<` and a quoted `<<` for what they are to the shell', () => {
    expect(first('RUN cat <<<x "<<EOF"')).toMatchObject({ command: { heredocs: [] } });
  });

  test('follows the escape directive, a BOM and carriage returns', () => {
    const { stages } = parseDockerfile('\ufeff# escape=`\r\nFROM scratch\r\nRUN a `\r\n b\r\n');
    expect(stages[0]?.instructions[0]).toMatchObject({ command: { text: 'a  b' } });
  });

  test('keeps the blanks of the old form of ENV, and the quotes of the new one', () => {
    expect(first('ENV a b  c')).toMatchObject({ pairs: [{ key: 'a', value: 'b  c', equals: false }] });
    expect(first('ENV a="b c" d=e\\ f')).toMatchObject({
      pairs: [
        { key: 'a', value: '"b c"' },
        { key: 'd', value: 'e\\ f' },
      ],
    });
  });

  test.each([
    ['RUNN a', 'Dockerfile:2: unknown instruction: RUNN (did you mean RUN?)'],
    ['COPY --chmd=1 a b', 'Dockerfile:2: unknown flag: --chmd (did you mean chmod?)'],
    ['COPY a', 'Dockerfile:2: COPY requires at least two arguments'],
    ['RUN cat <<EOF\nx', 'Dockerfile:2: unterminated heredoc'],
    ['\\', 'Dockerfile:2: unknown instruction: '],
    ['COPY --Chown=1 a b', 'Dockerfile:2: unknown flag: --Chown (did you mean chown?)'],
    ['RUN --network=some a', 'Dockerfile:2: invalid network mode "some"'],
    ['RUN ["a", 1]', 'Dockerfile:2: when using JSON array syntax, arrays must be comprised of strings only'],
    ['ENV', 'Dockerfile:2: ENV requires at least one argument'],
    ['ENV a', 'Dockerfile:2: ENV must have two arguments'],
    ['SHELL sh', 'Dockerfile:2: SHELL requires the arguments to be in JSON form'],
    ['ONBUILD ONBUILD RUN a', "Dockerfile:2: Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed"],
    ['ONBUILD FROM a', "Dockerfile:2: FROM isn't allowed as an ONBUILD trigger"],
    ['HEALTHCHECK --interval=5 CMD a', 'Dockerfile:2: time: missing unit in duration "5"'],
    ['FROM a AS 1x', 'Dockerfile:2: invalid name for build stage: "1x"'],
    ['COPY --from=$a a b', 'Dockerfile:2: variable expansion is not supported for --from'],
  ])('refuses %j', (text, message) => {
    expect(() => parseDockerfile(`FROM scratch\n${text}`)).toThrow(message);
  });

  test('names the escape token that it does not know', () => {
    expect(() => parseDockerfile('# escape=x\nFROM a')).toThrow("Dockerfile:1: invalid escape token 'x'");
  });

  test('needs an instruction, and a FROM before the first that is not ARG', () => {
    expect(() => parseDockerfile('# nothing\n')).toThrow('file with no instructions');
    expect(() => parseDockerfile('RUN a\n')).toThrow('Dockerfile:1: no build stage in current context');
  });

  test('throws nothing but its own errors, whatever the text', () => {
    const word = fc.constantFrom(
      'FROM a',
      'RUN',
      'COPY',
      '<<E',
      '\\',
      '\n',
      '"',
      "'",
      '--x=1',
      '[',
      '$',
      '{',
      ' ',
      'E',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(word, fc.string({ maxLength: 4 })), { maxLength: 12 }), (words) => {
        try {
          parseDockerfile(words.join(''));
        } catch (error) {
          expect(isStratumError(error, 'DOCKERFILE_INVALID')).toBe(true);
        }
      }),
    );
  });

  test('reads a line of ten megabytes', () => {
    const long = 'x'.repeat(10 * 1024 * 1024);
    expect(first(`RUN echo ${long}`)).toMatchObject({ command: { text: `echo ${long}` } });
  });
});
