// A pause that can be cut short: who waits for the next look is woken by whoever has heard that there is something to see.

export interface Bell {
  ring(): void;
  /** Until the bell rings (or has rung since the last wait), `ms` are over or `signal` aborts; never throws. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export const newBell = (): Bell => {
  const nobody = (): void => undefined;
  let rung = false;
  let wake = nobody;
  return {
    ring: () => {
      rung = true;
      wake();
    },
    wait: (ms, signal) =>
      new Promise((resolve) => {
        const end = () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', end);
          rung = false;
          wake = nobody;
          resolve();
        };
        const timer = setTimeout(end, ms);
        wake = end;
        signal.addEventListener('abort', end, { once: true });
        if (rung || signal.aborted) end();
      }),
  };
};
