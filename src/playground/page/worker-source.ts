/** The script of the worker as text; the build puts it here (vite.playground.ts). */

const source = '';
export default source;
