/**
 * Keeps compiled code. V8 throws code away at a full collection when an object shape that the code was made for has no
 * object left: a program that makes things and forgets them would run the slow code again and again.
 */

const kept: object[] = [];

/** Holds an object, with all that it refers to, for good: code for such objects then stays. */
export function keepShapesOf(object: object): void {
  kept.push(object);
}
