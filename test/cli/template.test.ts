import { describe, expect, test } from 'vitest';
import { parseTemplate, renderTemplate } from '../../src/cli/template.js';

const DATA = {
  ID: 'sha256:ab',
  Size: 12,
  Config: { Env: ['A=1', 'B=2'], Labels: { 'org.x': 'y', b: 'c' }, Cmd: null },
};

function render(template: string): string {
  return renderTemplate(parseTemplate(template), DATA);
}

describe('templates', () => {
  test.each([
    ['{{.ID}}', 'sha256:ab'],
    ['{{ .ID }}: {{.Size}}', 'sha256:ab: 12'],
    ['a\\tb\\n', 'a\tb\n'],
    ['{{.Config.Env}}', '[A=1 B=2]'],
    ['{{.Config.Labels}}', 'map[b:c org.x:y]'],
    ['{{.Config.Cmd}}', '<no value>'],
    ['{{json .Config.Env}}', '["A=1","B=2"]'],
    ['{{json .}}', JSON.stringify(DATA)],
    ['{{index .Config.Env 1}}', 'B=2'],
    ['{{index .Config.Labels "org.x"}}', 'y'],
  ])('%s is filled in', (template, text) => {
    expect(render(template)).toBe(text);
  });

  test.each([
    '{{range .X}}',
    '{{if .A}}',
    '{{.A | json}}',
    '{{printf "%s" .A}}',
    '{{json .A 1}}',
    '{{-.A}}',
    '{{}}',
    '{{.A',
  ])('%s is refused by name', (template) => {
    expect(() => parseTemplate(template)).toThrow(/^template: /);
  });

  test('a field that is not there is an error that lists what is', () => {
    expect(() => render('{{.Config.Nope}}')).toThrow(
      expect.objectContaining({ message: 'template: there is no field "Nope"', hint: 'There are Env, Labels, Cmd.' }),
    );
    expect(() => render('{{.ID.Nope}}')).toThrow('template: there is no field "Nope"');
    expect(() => render('{{.constructor}}')).toThrow('template: there is no field "constructor"');
    expect(() => render('{{index .Config.Env 2}}')).toThrow('index 2 is out of range: there are 2');
  });
});
