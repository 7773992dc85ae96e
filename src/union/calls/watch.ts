/** The call that watches. */

import { mayAccess, R_OK } from '../access.js';
import { fail } from '../errno.js';
import type { Kernel } from '../kernel.js';
import { Watchers } from '../watch.js';
import { type CallContext, foundAt } from './context.js';

export function watchCalls(context: CallContext): Pick<Kernel, 'watch'> {
  const { state, who } = context;
  return {
    watch(path, deep, observer) {
      const call = { syscall: 'watch', path };
      const { inode } = foundAt(context, path, true, call);
      if (!mayAccess(who, inode, R_OK)) fail('EACCES', call);
      const watchers = state.watchers ?? new Watchers();
      state.watchers = watchers;
      const stop = watchers.add(inode.ino, deep, observer);
      return () => {
        stop();
        if (watchers.isEmpty && state.watchers === watchers) state.watchers = undefined;
      };
    },
  };
}
