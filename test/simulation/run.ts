// One seed from its first to its last moment: people, troubles and crashes for some minutes of virtual time, then peace until nothing waits,
// then the checks. The same seed gives the same story, line by line.
import { createHash } from 'node:crypto';
import { spendableOf } from '../../src/backends/simulated/attempts.ts';
import { createRandom, type Random } from '../../src/backends/simulated/random.ts';
import { sql } from '../../src/platform/db.ts';
import type { Log } from '../../src/platform/log.ts';
import type { Metrics } from '../../src/platform/metrics.ts';
import type { Vault } from '../../src/platform/vault.ts';
import { getsCoins, sendsCoins, unseenDeposits } from './chain.ts';
import { check } from './checks.ts';
import type { Ground } from './ground.ts';
import { backendNames, buildHouse, type House } from './house.ts';
import type { Chances } from './life.ts';
import { createTown, type Town } from './people.ts';
import { cashesOut, holds, receives, sends, sendsInTheDark, transfers } from './scripts.ts';
import { createTimeline, type Timeline } from './timeline.ts';
import { crashPlan, lie, trouble } from './trouble.ts';
import { virtualise } from './virtual.ts';

export interface Report {
  readonly seed: number;
  readonly wrong: readonly string[];
  /** Of everything that happened, in order. */
  readonly digest: string;
  readonly lines: readonly string[];
  /** Faults that calls met, by call and kind. */
  readonly faults: Readonly<Record<string, number>>;
  /** Crashes by the point where they happened. */
  readonly crashes: Readonly<Record<string, number>>;
  readonly counts: Readonly<Record<string, number>>;
  readonly points: number;
}

export interface Stage {
  readonly ground: Ground;
  readonly vault: Vault;
  readonly metrics: Metrics;
}

interface Profile {
  readonly faultRate: number;
  readonly lagRate: number;
  readonly hideRate: number;
  readonly crashes: number;
  readonly troubles: number;
  readonly stories: number;
  readonly custodian: boolean;
  readonly lies: number;
  readonly watched: boolean;
}

const profileOf = (random: Random): Profile => {
  const calm = random.chance(0.1);
  const custodian = random.chance(0.25);
  return {
    faultRate: calm ? 0 : random.pick([0, 0.05, 0.15, 0.3]),
    lagRate: random.pick([0, 0.02, 0.1]),
    hideRate: calm ? 0 : random.pick([0, 0.3, 0.7]),
    crashes: calm ? 0 : random.int(4),
    troubles: calm ? 0 : random.int(6),
    stories: 5 + random.int(5),
    custodian,
    lies: custodian && random.chance(0.3) ? 1 + random.int(2) : 0,
    watched: random.chance(0.15),
  };
};

/** Virtual minutes in which things happen, in ms. */
const horizonMs = 240_000;
const firstMoment = Date.UTC(2026, 0, 1);
const dayPart = 6 * 3_600_000;

export const runSeed = async (
  seed: number,
  stage: Stage,
  tell?: { readonly log?: Log; readonly line?: (line: string) => void },
): Promise<Report> => {
  const random = createRandom(`simulation/${seed}`);
  const profile = profileOf(random);
  // Later seeds live later, so that ids made of time keep their order.
  const timeline = createTimeline(firstMoment + seed * dayPart);
  const story = createStory(timeline, tell?.line);
  let pace: readonly [number, ...number[]] = [2, 5, 10, 20];
  const chances: Chances = {
    random: createRandom(`simulation/${seed}/chances`),
    lagRate: profile.lagRate,
    stretch: () => chances.random.pick(pace),
    skewMs: 0,
    passed: story.point,
  };
  await stage.ground.clear();
  const virtual = virtualise(timeline, createRandom(`simulation/${seed}/secrets`), chances.stretch);
  try {
    let calm = false;
    const house = await buildHouse({
      ...{ seed: `simulation-${seed}`, timeline, virtual, chances, ...stage },
      ...{ custodian: profile.custodian, watched: profile.watched },
      hideRate: () => (calm ? 0 : profile.hideRate),
      onDeath: (_life, point) => {
        story.line(`the process dies: ${point}`);
        if (point !== 'the end') timeline.after(random.int(40_000), () => void house.start());
      },
      ...(tell?.log && { log: tell.log }),
    });
    const town = createTown({ seed: `simulation/${seed}`, ground: stage.ground, house, timeline, log: story.line });
    const act: Act = { seed, profile, random, timeline, house, town, chances };
    void house.start();
    await timeline.runTo(1_000);
    const before = new Map(backendNames.map((name) => [name as string, spendableOf(house.world.network.sim, name)]));
    schedule(act);
    await timeline.runTo(horizonMs);
    calm = true;
    pace = [5, 10, 20];
    await drain(act, stage);
    const wrong = await check({ db: stage.ground.db, limitedKeyId: stage.ground.limitedKeyId, town, house, before });
    await house.close();
    await countIncidents(stage.ground, town);
    story.line(await digestOf(stage.ground));
    return { seed, wrong: [...new Set(wrong)], ...story.end(), ...sumsOf(house, town) };
  } finally {
    virtual.restore();
  }
};

interface Act {
  readonly seed: number;
  readonly profile: Profile;
  readonly random: Random;
  readonly timeline: Timeline;
  readonly house: House;
  readonly town: Town;
  readonly chances: Chances;
}

const stories = [receives, receives, sends, sends, sendsInTheDark, holds, holds, cashesOut, transfers, sendsCoins, getsCoins] as const;

const schedule = ({ profile, random, timeline, house, town, chances, seed }: Act): void => {
  const at = (ms: number, run: () => void): void => void timeline.after(ms, run);
  for (const name of backendNames)
    house.world.faultsOf(name).random({ seed: `simulation/${seed}/faults/${name}`, rate: profile.faultRate, longestMs: 8_000 });
  for (let story = 0; story < profile.stories; story++) {
    const tell = random.pick(stories);
    at(random.int(horizonMs * 0.7), () => void tell(town, town.random(`story ${story}`), `s${story}`));
  }
  for (let one = 0; one < profile.troubles; one++) {
    const scene = { town, chances, random: town.random(`trouble ${one}`) };
    at(random.int(horizonMs), () => void trouble(scene));
  }
  for (let one = 0; one < profile.lies; one++) at(random.int(horizonMs * 0.5), () => void lie(town, town.random(`lie ${one}`), `l${one}`));
  for (let one = 0; one < profile.crashes; one++) {
    const plan = crashPlan(town.random(`crash ${one}`));
    at(random.int(horizonMs * 0.9), () => house.current()?.life.plan(plan));
  }
};

const drainStepMs = 30_000;
const longestDrainMs = 3 * 3_600_000;
const listedMs = 720_000;

/** Faults end, everybody is awake, and time goes on until nothing waits any more. */
const drain = async (act: Act, { ground }: Stage): Promise<void> => {
  const { timeline, town } = act;
  makePeace(act);
  const end = timeline.elapsed() + longestDrainMs;
  await untilNothingWaits(act, ground, end);
  await timeline.runTo(await lastLook(act, ground));
  // Who lists the deposits from time to time must have listed them once more; meanwhile somebody may have begun something new.
  if (town.gone.size > 0) await timeline.runTo(timeline.elapsed() + listedMs);
  if ((await left(act, ground)) > 0) await untilNothingWaits(act, ground, end);
  town.log(`at rest after ${Math.round(timeline.elapsed() / 1000)} s`);
};

const untilNothingWaits = async (act: Act, ground: Ground, end: number): Promise<void> => {
  const { house, timeline, town } = act;
  const { payee } = house.world;
  do {
    house.current()?.life.plan(null);
    for (const request of town.requests) if (payee.look(request).state === 'held') payee.cancel(request);
    house.world.network.mineBlocks(1);
    await timeline.runTo(timeline.elapsed() + drainStepMs);
  } while (timeline.elapsed() < end && (await left(act, ground)) > 0);
};

const left = async ({ house }: Act, ground: Ground): Promise<number> => (await waiting(ground)) + (await unseenDeposits(ground.db, house));

/** When those whose failure was a lie have been asked about once more, in ms from the start. */
const lastLook = async ({ house, timeline }: Act, { db }: Ground): Promise<number> => {
  const text = `SELECT max(next_check_at) AS at FROM attempts WHERE state = 'failed' AND payment_hash = ANY($1)`;
  const [row] = await sql<{ at: Date | null }>(db, { name: 'sim_last_look', text }, [[...house.witness.liedAbout]]);
  const left = row?.at ? row.at.getTime() - timeline.now().getTime() + drainStepMs : 0;
  return timeline.elapsed() + Math.max(0, left);
};

const makePeace = ({ house, town, chances }: Act): void => {
  const { network } = house.world;
  for (const name of network.sim.nodes.keys()) {
    house.world.faultsOf(name).clear();
    network.setOnline(name, true);
    network.setFrozen(name, false);
  }
  house.current()?.life.plan(null);
  chances.lagRate = 0;
  town.log('peace');
};

const waiting = async ({ db }: Ground): Promise<number> => {
  const text = `SELECT ((SELECT count(*) FROM attempts WHERE state = 'sending') + (SELECT count(*) FROM invoices WHERE state NOT IN ('settled', 'canceled'))
    + (SELECT count(*) FROM payouts WHERE state IN ('sending', 'sent')) + (SELECT count(*) FROM deposits WHERE state = 'pending')
    + (SELECT count(*) FROM cash_outs WHERE state IN ('waiting', 'dispensing')))::int AS n`;
  const [row] = await sql<{ n: number }>(db, { name: 'sim_waiting', text });
  return row?.n ?? 0;
};

const countIncidents = async ({ db }: Ground, { counts }: Town): Promise<void> => {
  const text = 'SELECT kind, count(*)::int AS n FROM incidents GROUP BY kind ORDER BY kind';
  for (const { kind, n } of await sql<{ kind: string; n: number }>(db, { name: 'sim_incident_kinds', text }))
    counts.set(`incident ${kind}`, n);
};

/** What was stored, without what is drawn: two runs of a seed must agree on it. */
const digestOf = async ({ db }: Ground): Promise<string> => {
  const text = `SELECT (SELECT string_agg(what || ' ' || coalesce(was, '') || '>' || now, ',' ORDER BY seq) FROM sim_moves) AS moves,
    (SELECT string_agg(account_kind || msat, ',' ORDER BY account_kind, msat) FROM (SELECT split_part(account, ':', 1) AS account_kind, amount_msat::text AS msat FROM entries) AS e) AS entries`;
  const [row] = await sql<{ moves: string | null; entries: string | null }>(db, { name: 'sim_digest', text });
  return `${row?.moves ?? ''} | ${row?.entries ?? ''}`;
};

const createStory = (timeline: Timeline, tell: ((line: string) => void) | undefined) => {
  const hash = createHash('sha256');
  const lines: string[] = [];
  let points = 0;
  return {
    line: (text: string): void => {
      const line = `${(timeline.elapsed() / 1000).toFixed(3).padStart(9)} ${text}`;
      hash.update(line);
      lines.push(line);
      tell?.(line);
    },
    point: (name: string): void => {
      points += 1;
      hash.update(name);
    },
    end: () => ({ digest: hash.digest('hex').slice(0, 16), lines, points }),
  };
};

const sumsOf = (house: House, town: Town): Pick<Report, 'faults' | 'crashes' | 'counts'> => {
  const faults: Record<string, number> = {};
  for (const name of backendNames)
    for (const { call, fault } of house.world.faultsOf(name).met) faults[`${call} ${fault.is}`] = (faults[`${call} ${fault.is}`] ?? 0) + 1;
  const crashes: Record<string, number> = {};
  for (const point of house.deaths) if (point !== 'the end') crashes[point] = (crashes[point] ?? 0) + 1;
  for (const [what, count] of house.witness.told) faults[`told ${what}`] = count;
  return { faults, crashes, counts: Object.fromEntries(town.counts) };
};
