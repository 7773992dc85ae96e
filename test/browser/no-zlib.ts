/** Stands in for node:zlib, which just-bash imports in a browser too: gzip and gunzip fail when a command runs them. */

const missing = (): never => {
  throw new Error('there is no zlib in a browser');
};
export const constants = {};
export { missing as gunzipSync, missing as gzipSync };
