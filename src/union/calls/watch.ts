/** The call that watches. */

import { mayAccess, R_OK } from '../access.js';
import { fail } from '../errno.js';
import { Watchers } from '../watch.js';
import { foundAt, type WithContext } from './context.js';

export const watchCalls: WithContext<'watch'> = {
  watch(context, path, deep, observer) {
    const call = { syscall: 'watch', path };
    const { inode } = foundAt(context, path, true, call);
    if (!mayAccess(context.who, inode, R_OK)) fail('EACCES', call);
    const watchers = context.state.watchers ?? new Watchers();
    context.state.watchers = watchers;
    const stop = watchers.add(inode.ino, deep, observer);
    return () => {
      stop();
      if (watchers.isEmpty && context.state.watchers === watchers) context.state.watchers = undefined;
    };
  },
};
