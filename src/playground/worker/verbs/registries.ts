/** `push` and `pull`, to and from the registry of the page. */

import { shortText, sizeText } from '../../text.js';
import { usage } from '../command-line.js';
import type { Verb } from '../place.js';

export const push: Verb = async (args, { engine, print }) => {
  const [name] = args.filter((arg) => !arg.startsWith('-'));
  if (name === undefined) throw usage("write: stratum push $REGISTRY/NAME; 'stratum tag' gives an image that name");
  const { descriptor } = await engine.push(name, {
    onProgress: ({ id, status, totalBytes }) => {
      if (status === 'exists') print(`${shortText(id)}: already exists\n`);
      else if (status === 'mounted') print(`${shortText(id)}: mounted from another repository\n`);
      else if (status === 'done')
        print(`${shortText(id)}: pushed${totalBytes === undefined ? '' : `, ${sizeText(totalBytes)}`}\n`);
    },
  });
  print(`digest: ${descriptor.digest}\n`);
};

export const pull: Verb = async (args, { engine, print }) => {
  const [name] = args.filter((arg) => !arg.startsWith('-'));
  if (name === undefined) throw usage('write: stratum pull $REGISTRY/NAME');
  const { digest } = await engine.pull(name, {
    onProgress: ({ id, status, totalBytes }) => {
      if (status === 'exists') print(`${shortText(id)}: already exists\n`);
      else if (status === 'done')
        print(`${shortText(id)}: pulled${totalBytes === undefined ? '' : `, ${sizeText(totalBytes)}`}\n`);
    },
  });
  print(`digest: ${digest}\n`);
};
