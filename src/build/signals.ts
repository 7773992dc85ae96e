/** The signals of STOPSIGNAL (signal(7), as numbered on x86 and arm). */

const NAMES =
  'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS'.split(
    ' ',
  );
const SYNONYMS: Readonly<Record<string, string>> = { IOT: 'ABRT', CLD: 'CHLD', POLL: 'IO' };
const HIGHEST = 64;
const FIRST_REAL_TIME = 34;
const LAST_REAL_TIME = 64;

/** The number of a signal by its name, with or without `SIG`, or by its number; undefined for what is none. */
export function signalNumber(text: string): number | undefined {
  if (/^\d+$/.test(text)) {
    const number = Number(text);
    return number >= 1 && number <= HIGHEST ? number : undefined;
  }
  const name = text.toUpperCase().replace(/^SIG/, '');
  const at = NAMES.indexOf(SYNONYMS[name] ?? name);
  return at < 0 ? realTimeSignal(name) : at + 1;
}

function realTimeSignal(name: string): number | undefined {
  const match = /^RTM(IN|AX)(?:([+-])(\d+))?$/.exec(name);
  if (match === null) return undefined;
  const distance = Number(match[3] ?? 0);
  if (match[1] === 'IN') return match[2] === '-' || distance > 15 ? undefined : FIRST_REAL_TIME + distance;
  return match[2] === '+' || distance > 14 ? undefined : LAST_REAL_TIME - distance;
}
