/** Lines of a Dockerfile with some before and behind, as Docker shows them. */

const RULE = '-'.repeat(20);

export interface ExcerptRange {
  readonly start: number;
  readonly end: number;
  /** Lines before and behind. */
  readonly around: number;
}

export function excerpt(text: string, { start, end, around }: ExcerptRange): string {
  const first = Math.max(1, start - around);
  const lines = text.split('\n').slice(first - 1, end + around);
  const shown = lines.map((line, index) => {
    const number = first + index;
    return `${String(number).padStart(4)} | ${number >= start && number <= end ? '>>>' : '   '} ${line}`;
  });
  return [RULE, ...shown, RULE].join('\n');
}
