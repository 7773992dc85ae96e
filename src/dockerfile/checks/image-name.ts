/** Whether a text can be the name of an image (distribution's reference grammar). */

const PATH_PART = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const HOST_PART = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const HOST = new RegExp(`^(?:${HOST_PART}(?:\\.${HOST_PART})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?$`);
const PATH = new RegExp(`^${PATH_PART}(?:/${PATH_PART})*$`);
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;
/** An ID is no name. */
const ID = /^[0-9a-f]{64}$/;
/** Characters of a name with its registry. */
const LONGEST_NAME = 255;
/** Of the whole; what is longer is not looked at. */
const LONGEST = 4096;

/** What is wrong with the name of an image, in Docker's words; undefined for a right one. */
export function imageNameFault(text: string): string | undefined {
  if (text.length > LONGEST) return 'invalid reference format';
  if (ID.test(text)) return `invalid repository name (${text}), cannot specify 64-byte hexadecimal strings`;
  const { host, rest } = splitHost(text);
  const { name, tag, digest } = splitVersion(rest);
  const full = host === '' && !name.includes('/') ? `library/${name}` : name;
  if (full !== full.toLowerCase()) {
    return `invalid reference format: repository name (${full}) must be lowercase`;
  }
  const isRight =
    (host === '' || HOST.test(host)) &&
    PATH.test(name) &&
    (tag === undefined || TAG.test(tag)) &&
    (digest === undefined || DIGEST.test(digest));
  if (!isRight) return 'invalid reference format';
  const length = (host || 'docker.io').length + 1 + full.length;
  return length > LONGEST_NAME ? `repository name must not be more than ${LONGEST_NAME} characters` : undefined;
}

/** What is before the first slash is a registry when it looks like one. */
function splitHost(text: string): { host: string; rest: string } {
  const at = text.indexOf('/');
  const first = text.slice(0, Math.max(at, 0));
  const isHost = at >= 0 && (/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase());
  return isHost ? { host: first, rest: text.slice(at + 1) } : { host: '', rest: text };
}

function splitVersion(text: string): { name: string; tag: string | undefined; digest: string | undefined } {
  const at = text.indexOf('@');
  const digest = at < 0 ? undefined : text.slice(at + 1);
  const tagged = at < 0 ? text : text.slice(0, at);
  const colon = tagged.indexOf(':');
  const tag = colon < 0 ? undefined : tagged.slice(colon + 1);
  return { name: colon < 0 ? tagged : tagged.slice(0, colon), tag, digest };
}
