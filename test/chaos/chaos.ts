// Rounds of SIGKILL on a gateway that moves real money: a few deeds are made ready and set going, the gateway is killed in the middle of one of
// them, started again, and every deed must end as gateway and nodes both say. What is in doubt for longer goes on beside later rounds.
import { setTimeout as sleep } from 'node:timers/promises';
import { getChannelBalance, getPendingPayments } from 'ln-service';
import { payFrom } from '../regtest/people.ts';
import { waitUntil } from '../regtest/wait.ts';
import { type Deed, type End, type Kind, kinds, prepare, type World } from './deeds.ts';

/** How a deed's row stood when the gateway was killed. */
export interface Killed {
  readonly round: number;
  readonly kind: Kind;
  readonly hash: string;
  /** `nothing`: there was no row. */
  readonly state: string;
  /** The one that was aimed at. */
  readonly isAim: boolean;
  end: End | null;
}

export interface Outcome {
  readonly killed: readonly Killed[];
  /** Contradictions, in words: LOST, DOUBLE, LIED, STUCK, BOOKS. */
  readonly wrong: readonly string[];
  readonly books: { readonly ledgerMsat: bigint; readonly deedsMsat: bigint; readonly nodeMsat: bigint };
}

export interface Plan {
  readonly rounds: number;
  /** True: no further round is begun; what was under way is seen to its end. */
  readonly isEnough?: () => boolean;
  /** Told after each round. */
  readonly say: (line: string) => void;
}

const insides: ReadonlySet<string> = new Set(['sending', 'settling', 'canceling']);
export const isInside = ({ state }: Pick<Killed, 'state'>): boolean => insides.has(state);

// How often each is aimed at: what has a short inside more often.
const aims: readonly Kind[] = [
  ...([
    'send',
    'send',
    'send',
    'settle a hold',
    'settle a hold',
    'settle a hold',
    'cancel a hold',
    'cancel a hold',
    'cancel a hold',
  ] as const),
  ...(['receive', 'receive', 'send to a hold', 'send without a route'] as const),
];
const fundsSat = 2_000_000;
const ownMs = 6_000;
const lastMs = 240_000;

/** Milliseconds from a request's start within which it is killed: grows when kills come before the inside, shrinks when after. */
const createSights = () => {
  const within = new Map<Kind, number>(kinds.map((kind) => [kind, 80]));
  return {
    delay: (kind: Kind, random: number): number => (within.get(kind) ?? 80) * random,
    learn: (kind: Kind, state: string): void => {
      const isEarly = state === 'nothing' || state === 'held' || state === 'open';
      const factor = isInside({ state }) ? 1 : isEarly ? 1.25 : 0.8;
      within.set(kind, Math.min(3_000, Math.max(10, (within.get(kind) ?? 80) * factor)));
    },
  };
};

const millis = async ({ network }: World): Promise<bigint> =>
  BigInt((await getChannelBalance({ lnd: network.nodes.a.lnd })).channel_balance_mtokens ?? 0);

const atRest = ({ network }: World) =>
  waitUntil('no HTLC at node a', async () => {
    const { lnd } = network.nodes.a;
    const [{ payments }, { unsettled_balance }] = await Promise.all([getPendingPayments({ lnd }), getChannelBalance({ lnd })]);
    return payments.length === 0 && (unsettled_balance ?? 0) === 0;
  });

const fund = async (world: World): Promise<void> => {
  const { site } = world;
  const create = `mutation c($input: LnInvoiceCreateInput!) { answer: lnInvoiceCreate(input: $input) { invoice { paymentRequest paymentHash } } }`;
  const { answer } = await site.ask<{ answer: { invoice: { paymentRequest: string; paymentHash: string } } }>(create, {
    input: { walletId: site.walletId, amount: fundsSat },
  });
  await payFrom(world.network.nodes.b, answer.invoice.paymentRequest);
  const poll = 'query q($input: LnInvoicePaymentStatusByHashInput!) { answer: lnInvoicePaymentStatusByHash(input: $input) { status } }';
  const input = { paymentHash: answer.invoice.paymentHash };
  await waitUntil(
    'the first money',
    async () => (await site.ask<{ answer: { status: string } }>(poll, { input })).answer.status === 'PAID',
  );
};

interface Under {
  readonly deed: Deed;
  readonly killed: Killed;
}

/** One look at each: what has ended is written down and dropped. */
const settle = async (under: readonly Under[]): Promise<readonly Under[]> => {
  const left = await Promise.all(
    under.map(async (one) => {
      await one.deed.resume();
      one.killed.end = await one.deed.end().catch(() => null);
      return one.killed.end === null ? [one] : [];
    }),
  );
  return left.flat();
};

const settleWithin = async (under: readonly Under[], ms: number): Promise<readonly Under[]> => {
  const end = Date.now() + ms;
  let left = await settle(under);
  while (left.length > 0 && Date.now() < end) {
    await sleep(200);
    left = await settle(left);
  }
  return left;
};

const pick = <T>(from: readonly T[], random: number): T => from[Math.floor(random * from.length)] as T;

export const runChaos = async (world: World, { rounds, say, isEnough = () => false }: Plan): Promise<Outcome> => {
  const { site, random } = world;
  const before = await millis(world);
  await fund(world);
  const sights = createSights();
  const killed: Killed[] = [];
  const deeds: Deed[] = [];
  let left: readonly Under[] = [];
  for (let round = 1; round <= rounds && !isEnough(); round += 1) {
    const aim = pick(aims, random());
    const made = await Promise.all([aim, ...(random() < 0.6 ? [pick(kinds, random())] : [])].map((kind) => prepare(world, kind)));
    const delay = sights.delay(aim, random());
    for (const deed of made) void deed.fire().catch(() => undefined);
    await sleep(delay);
    await site.gateway.kill();
    const states = await site.statesOf(made.map(({ hash }) => hash));
    const now = made.map((deed, index): Under => {
      const { kind, hash } = deed;
      return { deed, killed: { round, kind, hash, state: states.get(hash) ?? 'nothing', isAim: index === 0, end: null } };
    });
    sights.learn(aim, now[0]?.killed.state ?? 'nothing');
    await site.gateway.start();
    const still = await settleWithin(now, ownMs);
    left = [...(await settle(left)), ...still];
    killed.push(...now.map((one) => one.killed));
    deeds.push(...made);
    say(
      `${round}/${rounds}  after ${Math.round(delay)} ms  ${now.map((one) => `${one.killed.kind}: ${one.killed.state} → ${one.killed.end ?? '…'}`).join(', ')}`,
    );
  }
  say(left.length === 0 ? 'every deed has ended' : `${left.length} deeds are in doubt; waiting until they have ended`);
  left = await settleWithin(left, lastMs);
  return { killed, ...(await checked(world, { deeds, left, before })) };
};

interface Over {
  readonly deeds: readonly Deed[];
  readonly left: readonly Under[];
  readonly before: bigint;
}

/** Everything at rest: each deed by itself, and the books against the node. */
const checked = async (world: World, { deeds, left, before }: Over): Promise<Omit<Outcome, 'killed'>> => {
  const { site } = world;
  await atRest(world);
  const wrong = left.map(({ killed }) => `STUCK: ${killed.kind} ${killed.hash} has not ended`);
  for (const deed of deeds) wrong.push(...(await deed.wrong()));
  let deedsMsat = BigInt(fundsSat) * 1000n;
  for (const deed of deeds) deedsMsat += await deed.movedMsat();
  const ledger = await site.gateway.cli('ledger');
  if (ledger.code !== 0) wrong.push(`BOOKS: switchyard ledger says ${ledger.out}${ledger.err}`);
  await site.gateway.stop();
  const { succeeded, availableMsat } = await site.totals();
  for (const [hash, count] of succeeded) if (count > 1) wrong.push(`DOUBLE: ${count} attempts of ${hash} succeeded`);
  const books = { ledgerMsat: availableMsat, deedsMsat, nodeMsat: (await millis(world)) - before };
  if (books.ledgerMsat !== books.deedsMsat || books.nodeMsat !== books.deedsMsat)
    wrong.push(`BOOKS: the ledger has ${books.ledgerMsat} msat, the node ${books.nodeMsat}, the deeds come to ${books.deedsMsat}`);
  return { wrong, books };
};
