/** Makes a store of many images over one base: `fill-store.js ROOT IMAGES`; prints one of their names. */

import { fillStore } from '../subject.js';

const [root = '', images = ''] = process.argv.slice(2);
console.log(JSON.stringify(await fillStore(root, Number(images))));
