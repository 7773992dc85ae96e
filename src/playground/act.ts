/** What a learner does: everything the playground shows follows from a start and a line of these. */

/** A file of the learner's directory as it is now; without text it is gone. */
export interface Edit {
  readonly path: string;
  readonly text?: string;
}

export type Act = {
  /** What was edited since the act before; it is written first. */
  readonly edits?: readonly Edit[];
} & (
  | /** A line at the learner's own prompt: `stratum build -t app .` */ { readonly kind: 'type'; readonly line: string }
  /** A line at the prompt of a container. */
  | { readonly kind: 'shell'; readonly container: string; readonly line: string }
  /** Only the edits. */
  | { readonly kind: 'save' }
  /** An answer to the question of a lesson's step. */
  | { readonly kind: 'answer'; readonly text: string }
  /** Goes on without having done a lesson's step. */
  | { readonly kind: 'skip' }
  /** An archive from the learner's disk. It is in no link: a link holds what was typed. */
  | { readonly kind: 'load'; readonly name: string; readonly file: Blob }
);

/** Where a learner starts. */
export type Start =
  | { readonly kind: 'files'; readonly files: Readonly<Record<string, string>> }
  | { readonly kind: 'lesson'; readonly id: string };

/** An act with its place: acts form a tree, since a learner may go back and do something else. */
export interface Moment {
  /** From 1; 0 is the start. */
  readonly id: number;
  /** The moment that it was done at. */
  readonly parent: number;
  readonly act: Act;
}

/** An act in a few words, as the time line shows it. */
export function actText(act: Act): string {
  switch (act.kind) {
    case 'type':
      return act.line;
    case 'shell':
      return `${act.container}# ${act.line}`;
    case 'save':
      return `edit ${(act.edits ?? []).map(({ path }) => path).join(', ')}`;
    case 'answer':
      return `answer ${act.text}`;
    case 'skip':
      return 'skip the step';
    case 'load':
      return `load ${act.name}`;
  }
}
