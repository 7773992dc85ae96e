/** What a word that nobody knows was probably meant to be. */

/** So many letters may differ. */
const FARTHEST = 2;
/** Longer words are no typing mistakes. */
const LONGEST = 64;

interface NearestOptions {
  /** `runn` may mean `RUN`; the answer is then in the case of the word. */
  readonly ignoreCase?: boolean;
}

/** The nearest of the known words; undefined when none is near, or the word is one of them. */
export function nearest(word: string, known: readonly string[], options: NearestOptions = {}): string | undefined {
  if (word.length > LONGEST) return undefined;
  const { ignoreCase = false } = options;
  const plain = (text: string) => (ignoreCase ? text.toLowerCase() : text);
  const wanted = plain(word);
  let best: string | undefined;
  let least = FARTHEST + 1;
  for (const each of known) {
    const candidate = plain(each);
    if (candidate === wanted) return undefined;
    const distance = distanceBetween(wanted, candidate);
    if (distance >= least) continue;
    least = distance;
    best = candidate;
  }
  return ignoreCase && word === word.toUpperCase() ? best?.toUpperCase() : best;
}

/** ` (did you mean X?)`, or nothing. */
export function didYouMean(word: string, known: readonly string[], options: NearestOptions = {}): string {
  const match = nearest(word, known, options);
  return match === undefined ? '' : ` (did you mean ${match}?)`;
}

/** Levenshtein's: letters to insert, delete or replace. */
function distanceBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row.at(-1) as number;
}
