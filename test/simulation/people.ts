// Who uses the gateway in a simulation: clients with and without idempotency keys, machines that dispense, people outside who pay and are
// paid. Everything that they were told is kept, so that it can be held against what came of it.
import { createHash } from 'node:crypto';
import type { SimInvoice } from '../../src/backends/simulated/model.ts';
import { createRandom, derive, type Random } from '../../src/backends/simulated/random.ts';
import type { CommandName, CommandTypes } from '../../src/commands/table.ts';
import { bolt11Text, msat } from '../../src/lightning/values.ts';
import { toJson } from '../../src/platform/effects.ts';
import { type Refusal, Refused } from '../../src/platform/refusal.ts';
import type { Principal } from '../../src/wallets/view.ts';
import type { Ground, WalletName } from './ground.ts';
import type { House } from './house.ts';
import type { Timeline } from './timeline.ts';

export type Answer<T> =
  | { readonly is: 'answer'; readonly value: T }
  | { readonly is: 'refused'; readonly refusal: Refusal }
  /** The process was down, or died before it answered. */
  | { readonly is: 'lost' };

export interface Ask {
  readonly key?: string | null;
  readonly admin?: boolean;
  /** With the key that may spend so much a day and no more. */
  readonly limited?: boolean;
  readonly waitSeconds?: number | null;
}

/** What a client was told of a payment. */
export interface Claim {
  readonly hash: string;
  readonly paymentId: string | null;
  readonly is: 'succeeded' | 'pending' | 'failed' | 'alreadyPaid';
}

/** What a machine did for a cash-out. */
export interface Machine {
  readonly hash: string;
  readonly id: string;
  /** Answers that allowed cash out; more than one is a second start. */
  starts: number;
  /** In msat. */
  dispensed: bigint;
}

export interface Town {
  readonly timeline: Timeline;
  readonly house: House;
  readonly wallets: Ground['wallets'];
  readonly claims: Claim[];
  readonly machines: Machine[];
  /** Requests of people outside that we may pay. */
  readonly requests: SimInvoice[];
  /** Transactions of people outside that no block will ever have. */
  readonly gone: Set<string>;
  /** What outside payers believe to have paid, in msat, by hash. */
  readonly paidByOthers: Map<string, bigint>;
  /** Counts what happened, by kind. */
  readonly counts: Map<string, number>;
  readonly log: (text: string) => void;
  /** A generator of its own for a part of the story, so that one part does not shift the numbers of another. */
  random(part: string): Random;
  ask<N extends CommandName>(name: N, input: CommandTypes[N]['input'], how?: Ask): Promise<Answer<CommandTypes[N]['output']>>;
  /** A short name for a hash. */
  name(hash: string): string;
  /** Somebody outside pays one of our requests. */
  outsider(bolt11: string, hash: string, how: { readonly amount: bigint | null; readonly from: string }): Promise<void>;
}

const count = (counts: Map<string, number>, kind: string): void => void counts.set(kind, (counts.get(kind) ?? 0) + 1);

export const createTown = (parts: {
  readonly seed: string;
  readonly ground: Ground;
  readonly house: House;
  readonly timeline: Timeline;
  readonly log: (text: string) => void;
}): Town => {
  const { house, timeline, ground, log } = parts;
  const names = new Map<string, string>();
  const name = (hash: string): string => {
    const known = names.get(hash) ?? `#${names.size + 1}`;
    names.set(hash, known);
    return known;
  };
  const counts = new Map<string, number>();
  const paidByOthers = new Map<string, bigint>();
  const remembered = createMemory(house);
  const ask: Town['ask'] = async (command, input, how = {}) => {
    const answer = await askOnce({ house, ground }, { command, input, how });
    count(counts, `${command} ${answer.is === 'refused' ? `refused ${answer.refusal.is}` : answer.is}`);
    if (answer.is !== 'lost' && how.key) remembered(how.key, { input: toJson([command, input]), answer });
    return answer;
  };
  return {
    timeline,
    house,
    wallets: ground.wallets,
    claims: [],
    machines: [],
    requests: [],
    gone: new Set(),
    paidByOthers,
    counts,
    log,
    random: (part) => createRandom(`${parts.seed}/${part}`),
    ask,
    name,
    outsider: async (bolt11, hash, { amount, from }) => {
      log(`${from} pays ${name(hash)}`);
      const outcome = await house.world.payer.pay({ bolt11: bolt11Text(bolt11), from, ...(amount !== null && { amount: msat(amount) }) });
      log(`${from} has paid ${name(hash)}: ${outcome.is}`);
      if (outcome.is === 'succeeded') paidByOthers.set(hash, amount ?? 0n);
    },
  };
};

interface Question<N extends CommandName> {
  readonly command: N;
  readonly input: CommandTypes[N]['input'];
  readonly how: Ask;
}

const askOnce = async <N extends CommandName>(
  { house, ground }: { readonly house: House; readonly ground: Ground },
  { command, input, how }: Question<N>,
): Promise<Answer<CommandTypes[N]['output']>> => {
  const now = house.current();
  if (now === null) return { is: 'lost' };
  const scopes: Principal['scopes'] = new Set(how.admin ? ['READ', 'RECEIVE', 'WRITE', 'ADMIN'] : ['READ', 'RECEIVE', 'WRITE']);
  const keyId = how.limited ? ground.limitedKeyId : null;
  const who: Principal = { accountId: ground.accountId, keyId, walletId: null, scopes, waitSeconds: how.waitSeconds ?? null };
  const asking = { who, door: 'graphql', key: how.key ?? null, from: null, signal: new AbortController().signal } as const;
  const answered = now.core.ask(command, input, asking).then(
    (value) => ({ is: 'answer', value }) as const,
    (error: unknown) => {
      if (error instanceof Refused) return { is: 'refused', refusal: error.refusal } as const;
      house.witness.violations.push(
        `${command} ended with an error nobody expects: ${error instanceof Error ? error.message : String(error)}`,
      );
      return { is: 'lost' } as const;
    },
  );
  return Promise.race([answered, now.life.died.then(() => ({ is: 'lost' }) as const)]);
};

interface Told {
  readonly input: string;
  readonly identity: string;
  /** Told as paid by the payment of this key. */
  readonly isPaid: boolean;
}

/** Same key, same answer; same key with other input, a refusal. */
const createMemory = (house: House): ((key: string, of: { readonly input: string; readonly answer: Answer<unknown> }) => void) => {
  const known = new Map<string, Told>();
  return (key, { input, answer }) => {
    const before = known.get(key);
    if (answer.is === 'refused') {
      if (answer.refusal.is === 'idempotencyConflict' && before?.input === input)
        house.witness.violations.push(`the key ${key} was refused for the very input that it belongs to`);
      return;
    }
    if (answer.is !== 'answer') return;
    if (before?.isPaid && isAlreadyPaid(answer.value))
      house.witness.violations.push(`the key ${key} had paid, and was told that another had`);
    const identity = identityOf(answer.value);
    if (identity === null) return;
    if (before !== undefined && before.input !== input) house.witness.violations.push(`the key ${key} was answered for two inputs`);
    else if (before !== undefined && before.identity !== identity) house.witness.violations.push(`the key ${key} had two answers`);
    known.set(key, { input, identity, isPaid: isPaid(answer.value) });
  };
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

const isAlreadyPaid = (value: unknown): boolean => isObject(value) && value.is === 'alreadyPaid';
const isPaid = (value: unknown): boolean => isObject(value) && isObject(value.payment) && value.payment.state === 'succeeded';

const identityOf = (value: unknown): string | null => {
  // Paid under another key, or by somebody else: nothing of this key's, though its own payment may have been told as failed before.
  if (!isObject(value) || isAlreadyPaid(value)) return null;
  if (isObject(value.payment)) return String(value.payment.id);
  return typeof value.id === 'string' ? value.id : null;
};

/** Hex that follows from the seed: preimages that only their owner knows. */
export const secretOf = (...parts: readonly (string | number)[]): string => derive('secret of', ...parts);
export const hashOfHex = (hex: string): string => createHash('sha256').update(Buffer.from(hex, 'hex')).digest('hex');

export const outsiders = ['alice', 'bob', 'carol', 'dave'] as const;
export const satsBetween = (random: Random, least: number, most: number): bigint => BigInt(least + random.int(most - least)) * 1000n;
export const walletOf = (town: Town, name: WalletName): string => town.wallets[name];

/** Asks until somebody answers: what a client does that has a key, after a connection that broke. */
export const insist = async <T>(town: Town, random: Random, ask: () => Promise<Answer<T>>): Promise<Answer<T>> => {
  for (let tries = 0; tries < 4; tries++) {
    const answer = await ask();
    if (answer.is !== 'lost') return answer;
    await town.timeline.sleep(1_000 + random.int(40_000));
  }
  return { is: 'lost' };
};
