/** Answers as people type them, held against the right one. */

import type { Question } from './lesson.js';

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  bytes: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 1024,
  mib: 1024 ** 2,
};
/** As many digits of a digest as nobody types by chance. */
const DIGITS = /^(?:sha256:)?[0-9a-f]{6,64}$/;

/** True for an answer that says what `right` says. */
export function isRight(question: Question, right: string, given: string): boolean {
  const text = given.trim().toLowerCase();
  switch (question.kind) {
    case 'number':
      return wholeNumber(text, question.unit) === Number(right);
    case 'bytes': {
      const bytes = byteCount(text);
      return bytes !== undefined && Math.abs(bytes - Number(right)) <= Number(right) * question.tolerance;
    }
    case 'choice':
      return question.choices[choiceOf(question.choices, text)] === right;
    case 'digest': {
      return DIGITS.test(text) && right.replace(/^sha256:/, '').startsWith(text.replace(/^sha256:/, ''));
    }
  }
}

/** True for a line that can only be meant as an answer, where commands are typed at the same prompt. */
export function looksLikeAnswer(question: Question, given: string): boolean {
  const text = given.trim().toLowerCase();
  switch (question.kind) {
    case 'number':
      return wholeNumber(text, question.unit) !== undefined;
    case 'bytes':
      return byteCount(text) !== undefined;
    case 'choice':
      return choiceOf(question.choices, text) >= 0;
    case 'digest':
      return DIGITS.test(text);
  }
}

function wholeNumber(text: string, unit: string): number | undefined {
  const [, digits, rest = ''] = /^(\d{1,15})\s*(.*)$/.exec(text) ?? [];
  const isUnit = rest === '' || rest === unit.toLowerCase();
  return digits !== undefined && isUnit ? Number(digits) : undefined;
}

/** The bytes of `12345`, `12 kB`, `1.5 MB`, `12,345 bytes`; undefined for anything else. */
export function byteCount(text: string): number | undefined {
  const [, digits, unit = ''] =
    /^(\d{1,15}(?:\.\d{1,6})?)\s*([a-z]*)$/.exec(
      text
        .trim()
        .toLowerCase()
        .replace(/,(?=\d{3})/g, ''),
    ) ?? [];
  const factor = UNITS[unit];
  return digits === undefined || factor === undefined ? undefined : Math.round(Number(digits) * factor);
}

/** The place of a choice by its letter or its text; -1 for anything else. */
function choiceOf(choices: readonly string[], text: string): number {
  const letter = /^([a-z])[.)]?$/.exec(text)?.[1];
  if (letter !== undefined) {
    const at = letter.charCodeAt(0) - 'a'.charCodeAt(0);
    return at < choices.length ? at : -1;
  }
  return choices.findIndex((choice) => choice.toLowerCase() === text);
}
