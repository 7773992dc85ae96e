/** The script of the simulated shell, fetched when something runs for the first time. */

declare global {
  interface Window {
    /** What `shell.js` leaves behind: the script of the shell as text, for the worker. */
    stratumShell?: string;
  }
}

/** In the page itself, where it is one file; else beside it. A classic script is loaded from `file:` too. */
export async function shellScript(): Promise<string> {
  const inPage = document.getElementById('stratum-shell')?.textContent;
  if (inPage) return JSON.parse(inPage) as string;
  if (window.stratumShell === undefined) {
    await new Promise<void>((resolve, reject) => {
      const script = document.createElement('script');
      script.src = 'shell.js';
      script.onload = () => resolve();
      script.onerror = () => reject(new Error('shell.js is not beside this page'));
      document.head.append(script);
    });
  }
  return window.stratumShell ?? '';
}
