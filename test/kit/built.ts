/** Modules of the package as it is built, for what sources alone cannot do: threads load modules from disk. */

/** A module of `dist` by its path there. */
export function builtModule(path: string): Promise<unknown> {
  const { href } = new URL(`../../dist/${path}`, import.meta.url);
  return import(/* @vite-ignore */ href);
}
