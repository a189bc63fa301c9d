// Waiting for something that another process does: by asking again until it is so, never by a bare sleep.

const PAUSE_MS = 100;

/** ln-service rejects with `[code, message, { err }]`; everything else is an Error. */
function wordsOf(fault: unknown): string {
  if (fault instanceof Error) return fault.message;
  if (!Array.isArray(fault)) return String(fault);
  const [code, message, detail] = fault;
  const details: unknown = detail?.err?.details;
  return `${code} ${message}${typeof details === 'string' ? ` (${details})` : ''}`;
}

/**
 * Asks `probe` again and again until it answers neither `undefined` nor `false`, and hands that answer back. A probe that throws counts as "not yet".
 * @param what ends the sentence "gave up waiting for …"
 * @param ms how long to go on asking, milliseconds
 * @throws Error naming what was waited for and the last fault, when the time is over
 */
export async function waitUntil<T>(
  what: string,
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  ms = 60_000,
): Promise<T> {
  const end = Date.now() + ms;
  let last = 'it was never so';
  for (;;) {
    try {
      const answer = await probe();
      if (answer !== undefined && answer !== false) return answer;
    } catch (fault) {
      last = wordsOf(fault);
    }
    if (Date.now() >= end) throw new Error(`gave up waiting for ${what} after ${ms} ms: ${last}`);
    await new Promise((resume) => setTimeout(resume, PAUSE_MS));
  }
}
