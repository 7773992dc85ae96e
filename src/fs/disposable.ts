/** Lets `using` and `await using` close what was opened; engines without them have no such symbols. */

/** Names the methods that close: at once, and with a promise. */
export function disposable<T extends object>(prototype: T, sync: keyof T | undefined, async: keyof T): void {
  const define = (symbol: symbol | undefined, method: keyof T): void => {
    if (symbol === undefined) return;
    Object.defineProperty(prototype, symbol, { value: prototype[method], configurable: true, writable: true });
  };
  if (sync !== undefined) define(Symbol.dispose, sync);
  define(Symbol.asyncDispose, async);
}
