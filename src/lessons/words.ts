/** The field's words as the lessons explain them: one short sentence each, in the sense of docs/glossary.md. */

export interface Word {
  readonly word: string;
  readonly means: string;
}

const word = (text: string, means: string): Word => ({ word: text, means });

export const IMAGE: Word = word('image', 'a file system and how to run it, as a stack of layers and a small config');
export const LAYER: Word = word(
  'layer',
  'one set of changes to a file system, packed as a tar and never changed again',
);
