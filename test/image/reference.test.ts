import { expect, it } from 'vitest';
import { familiarReference, formatReference, parseReference } from '../../src/image/reference.js';
import { codeOf } from '../contract/blob-store.js';

const DIGEST = `sha256:${'a'.repeat(64)}`;

it.each([
  ['debian', 'docker.io/library/debian:latest', 'debian:latest'],
  ['user/app:1', 'docker.io/user/app:1', 'user/app:1'],
  ['index.docker.io/debian', 'docker.io/library/debian:latest', 'debian:latest'],
  ['localhost/app', 'localhost/app:latest', 'localhost/app:latest'],
  ['localhost:5000/app:v2', 'localhost:5000/app:v2', 'localhost:5000/app:v2'],
  ['[::1]:5000/app', '[::1]:5000/app:latest', '[::1]:5000/app:latest'],
  ['Host/app', 'Host/app:latest', 'Host/app:latest'],
  [`debian@${DIGEST}`, `docker.io/library/debian@${DIGEST}`, `debian@${DIGEST}`],
  [`a/b:1@${DIGEST}`, `docker.io/a/b:1@${DIGEST}`, `a/b:1@${DIGEST}`],
])('reads %s as Docker does', (text, whole, familiar) => {
  const reference = parseReference(text);
  expect([formatReference(reference), familiarReference(reference)]).toEqual([whole, familiar]);
});

it.each([
  '',
  ':tag',
  'Debian',
  'a/B',
  'a//b',
  '-a',
  'a:',
  'a:.x',
  'a b',
  'a/../b',
  `a@${DIGEST}0`,
  'a'.repeat(64),
  'a:'.concat('x'.repeat(129)),
])('refuses %j', async (text) => {
  expect(await codeOf(Promise.resolve().then(() => parseReference(text)))).toBe('NAME_INVALID');
});
