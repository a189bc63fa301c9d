// The two clocks: the machine's, and the one that tests move.
import { describe, expect, it } from 'vitest';
import { createFakeClock, systemClock } from '../../../src/platform/clock.ts';

describe.each([
  ['system', systemClock],
  ['fake', createFakeClock()],
])('a sleep (%s clock)', (_name, clock) => {
  it('ends with the reason of its signal', async () => {
    const stopped = new AbortController();
    const sleeping = clock.sleep(60_000, stopped.signal);
    const reason = new Error('closing');
    stopped.abort(reason);
    await expect(sleeping).rejects.toBe(reason);
    await expect(clock.sleep(1, stopped.signal)).rejects.toBe(reason);
  });
});

describe('the system clock', () => {
  it('sleeps and repeats, and does not repeat after it was stopped', async () => {
    const started = systemClock.now().getTime();
    let times = 0;
    const stop = systemClock.every(5, () => {
      times += 1;
    });
    await systemClock.sleep(60);
    await stop();
    const then = times;
    expect(then).toBeGreaterThan(1);
    await systemClock.sleep(20);
    expect(times).toBe(then);
    expect(systemClock.now().getTime() - started).toBeGreaterThanOrEqual(75);
  });
});

describe('the fake clock', () => {
  it('wakes everyone in order, at their own moment, also who sleeps again', async () => {
    const clock = createFakeClock('2026-01-01T00:00:00Z');
    const woken: string[] = [];
    const sleeper = async (name: string, ...waits: number[]): Promise<void> => {
      for (const ms of waits) {
        await clock.sleep(ms);
        woken.push(`${name} ${clock.now().toISOString().slice(17, 23)}`);
      }
    };
    const all = Promise.all([sleeper('a', 300, 300), sleeper('b', 500), sleeper('never', 5000)]);
    await clock.advance(1000);
    expect(woken).toEqual(['a 00.300', 'b 00.500', 'a 00.600']);
    expect(clock.now()).toEqual(new Date('2026-01-01T00:00:01Z'));
    await clock.advance(4000);
    await all;
  });

  it('repeats without overlap and waits for the call under way when it is stopped', async () => {
    const clock = createFakeClock();
    let running = 0;
    let most = 0;
    let ended = 0;
    const stop = clock.every(100, async () => {
      running += 1;
      most = Math.max(most, running);
      await clock.sleep(250);
      running -= 1;
      ended += 1;
    });
    await clock.advance(1000);
    expect({ most, ended }).toEqual({ most: 1, ended: 2 });
    const stopping = stop();
    await clock.advance(250);
    await stopping;
    expect({ running, ended }).toEqual({ running: 0, ended: 3 });
  });

  it('forgets who was stopped', async () => {
    const clock = createFakeClock();
    let times = 0;
    const stop = clock.every(10, () => {
      times += 1;
    });
    await clock.advance(35);
    await stop();
    await clock.advance(100);
    expect(times).toBe(3);
  });
});
