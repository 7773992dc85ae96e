/** How a process says how it went; 0 is success. */

/** The verb failed. */
export const EXIT_FAILURE = 1;
/** The command line made no sense: Docker's code for it. */
export const EXIT_USAGE = 125;
/** Interrupted: 128 + SIGINT. */
export const EXIT_INTERRUPTED = 130;
