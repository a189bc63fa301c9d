// A pause that can be cut short: who waits for a node is woken by the first who hears from it.

export interface Bell {
  ring(): void;
  /** Until the bell rings, `ms` are over or `signal` aborts; never throws. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export const newBell = (): Bell => {
  let sleepers = new Set<() => void>();
  return {
    ring: () => {
      const waking = sleepers;
      sleepers = new Set();
      for (const wake of waking) wake();
    },
    wait: (ms, signal) =>
      new Promise((resolve) => {
        const wake = () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', wake);
          sleepers.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, ms);
        signal.addEventListener('abort', wake, { once: true });
        sleepers.add(wake);
        if (signal.aborted) wake();
      }),
  };
};
