/** Ids and names of containers: 64 random hexadecimal digits, and an adjective with a noun where no name is given. */

import { hex } from '../base/bytes.js';

/** Fills an array with random bytes, as `crypto.getRandomValues` does. */
export type Random = (bytes: Uint8Array<ArrayBuffer>) => Uint8Array;

const ADJECTIVES =
  'basal brisk calm clear deep dense early even fine firm folded layered level lucid mellow old pale plain quiet rich shallow silent slow smooth solid stable still stony tidal veined warm worn'.split(
    ' ',
  );
const NOUNS =
  'agate basalt bedrock breccia chalk clay coral crust delta dune flint fossil garnet gneiss granite gravel gypsum jasper lava lime loam loess marble marl mica moraine ochre onyx opal peat quartz sand schist shale silt slate talc tuff'.split(
    ' ',
  );

/** A container name as podman allows it; Docker wants a second character. */
const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;

export function newContainerId(random: Random): string {
  return hex(random(new Uint8Array(32)));
}

/** A name nobody has yet: `quiet_granite`, then with a number behind it. */
export function newContainerName(random: Random, isTaken: (name: string) => boolean): string {
  const [a = 0, b = 0] = random(new Uint8Array(2));
  const base = `${ADJECTIVES[a % ADJECTIVES.length]}_${NOUNS[b % NOUNS.length]}`;
  let name = base;
  for (let count = 2; isTaken(name); count++) name = `${base}${count}`;
  return name;
}

export function isContainerName(name: string): boolean {
  return NAME.test(name);
}
