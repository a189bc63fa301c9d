// Real LND: the network of test/regtest, invoices made three ways on one node, and payments by the gateway next to the node's own call.
import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createInvoice } from 'ln-service';
import { BuildFault } from '../regtest/build.ts';
import { findNetwork } from '../regtest/control.ts';
import type { Network } from '../regtest/handle.ts';
import { startNetwork } from '../regtest/network.ts';
import { DESCRIPTION, NET } from '../regtest/paths.ts';
import { accessTo, createSite, type Gateway, type Plan, startGateway } from './gateways.ts';
import type { NodeAccess } from './jobs.ts';
import { quantile, type Subject, type Turn } from './measure.ts';
import { createBody, gatewayWork, headersOf, sendBody } from './requests.ts';

export interface Ground {
  readonly network: Network;
  readonly end: () => Promise<void>;
}

/** The network that a person started, or one of our own; why not, when it cannot be built. */
export const findGround = async (say: (line: string) => void): Promise<Ground | string> => {
  const found = await findNetwork(join(NET, DESCRIPTION));
  if (found) {
    say('using the network of `npm run regtest`');
    return { network: found, end: async () => found.close() };
  }
  try {
    const own = await startNetwork({ say });
    return { network: own, end: own.stop };
  } catch (error) {
    if (error instanceof BuildFault) return error.message;
    throw error;
  }
};

const accessOf = ({ socket, certPath, macaroonPath }: NodeAccess): NodeAccess => ({ socket, certPath, macaroonPath });
const backendOf = ({ socket, certPath, macaroonPath }: NodeAccess) => ({ kind: 'lnd', socket, cert: certPath, macaroon: macaroonPath });

export interface LndSite {
  readonly database: 'embedded' | 'PostgreSQL';
  /** Another folder and another database at every call. */
  readonly plan: () => Promise<Omit<Plan, 'backend'>>;
}

/**
 * Invoices on node a: the raw call, ln-service, and ours. A gateway runs only in its own turn, for each one that is connected is told of
 * every invoice of the node; and it begins anew each time, so that none asks about what it made in the turn before.
 */
export const invoiceTurns = (network: Network, sites: readonly LndSite[], profileDir: string | null): readonly Turn[] => {
  const { a } = network.nodes;
  const behind = dirname(a.certPath);
  const direct = (is: 'addInvoice' | 'createInvoice', what: string): Turn => {
    const subject: Subject = { what, database: '-', work: { is, node: accessOf(a), sat: 1500 }, server: null, behind };
    return { what, with: (use) => use(subject) };
  };
  const turnOf = ({ plan }: LndSite): Turn => ({
    what: 'lnInvoiceCreate on LND',
    with: async (use) => {
      const site = await createSite({ ...(await plan()), backend: backendOf(a) });
      const gateway = await startGateway(site, profileDir);
      try {
        const { walletId, key } = await accessTo(gateway);
        const work = gatewayWork({ url: site.url, key }, [createBody(walletId, 1500)], '"paymentRequest"');
        return await use({ what: 'lnInvoiceCreate on LND', database: site.database, work, server: gateway.proc, behind });
      } finally {
        await gateway.proc.stop();
      }
    },
  });
  return [direct('addInvoice', 'LND: raw addInvoice'), direct('createInvoice', "LND: ln-service's createInvoice"), ...sites.map(turnOf)];
};

/** Milliseconds, sorted. */
export interface Latencies {
  readonly raw: readonly number[];
  readonly ours: readonly number[];
}

interface RawRouter {
  sendPaymentV2(request: object): AsyncIterable<{ readonly status: string }>;
}

const paySat = 10;

/** The same request as the gateway's. */
const payRaw = async (network: Network, request: string): Promise<void> => {
  const { router } = network.nodes.a.lnd as unknown as { readonly router: RawRouter };
  const terms = {
    ...{ payment_request: request, fee_limit_msat: '10000', max_parts: 16, timeout_seconds: 20 },
    ...{ cancelable: false, allow_self_payment: false, no_inflight_updates: false },
  };
  for await (const { status } of router.sendPaymentV2(terms)) {
    if (status === 'SUCCEEDED') return;
    if (status === 'FAILED') throw new Error('a raw payment failed');
  }
  throw new Error('a raw payment had no end');
};

const payByGateway = async ({ site }: Gateway, headers: Readonly<Record<string, string>>, body: string): Promise<void> => {
  const answered = await fetch(site.url, { method: 'POST', headers, body });
  const text = await answered.text();
  if (!text.includes('"SUCCESS"')) throw new Error(`a payment by the gateway: ${text.slice(0, 300)}`);
};

const timed = async (work: () => Promise<void>): Promise<number> => {
  const start = performance.now();
  await work();
  return performance.now() - start;
};

const restMs = 100;

/** The nodes go on exchanging signatures after a payment has ended, and the next one waits for LND's tick of 50 ms then: nobody meets that here. */
const atRest = <T>(pay: () => Promise<T>): Promise<T> => sleep(restMs).then(pay);

/** `pairs` payments each, from a to b over the same channel, one raw and one by the gateway in turn. */
export const comparePayments = async (network: Network, gateway: Gateway, pairs: number): Promise<Latencies> => {
  const { walletId, key } = await accessTo(gateway);
  const headers = headersOf(key);
  const raw: number[] = [];
  const ours: number[] = [];
  const invoice = async (): Promise<string> =>
    (await createInvoice({ lnd: network.nodes.b.lnd, tokens: paySat, description: randomBytes(4).toString('hex') })).request;
  const warmUp = 100;
  for (let pair = 0; pair < pairs + warmUp; pair += 1) {
    const [first, second] = [await invoice(), await invoice()];
    const body = sendBody(walletId, second);
    const payFirst = () => atRest(() => timed(() => payRaw(network, first)));
    const paySecond = () => atRest(() => timed(() => payByGateway(gateway, headers, body)));
    // They take turns at being second.
    const [one, two] =
      pair % 2 === 0 ? [await payFirst(), await paySecond()] : await paySecond().then(async (ms) => [await payFirst(), ms]);
    if (pair < warmUp) continue;
    raw.push(one ?? 0);
    ours.push(two ?? 0);
  }
  const sorted = (list: number[]): readonly number[] => list.sort((x, y) => x - y);
  return { raw: sorted(raw), ours: sorted(ours) };
};

export interface Added {
  readonly database: 'embedded' | 'PostgreSQL';
  readonly payments: number;
  /** Milliseconds at the 50th and the 95th percentile. */
  readonly raw: readonly [p50: number, p95: number];
  readonly ours: readonly [p50: number, p95: number];
  /** What the gateway's own clock says: mean milliseconds of a send less those of LND's call in it. */
  readonly around: number;
  /** Of the gateway, a payment. */
  readonly cpuMs: number;
}

/** Seconds and count of a histogram's series, summed over those whose labels contain `labels`. */
const timesOf = (metrics: string, name: string, labels: string): { readonly seconds: number; readonly count: number } => {
  const sum = (suffix: string): number =>
    metrics
      .split('\n')
      .filter((line) => line.startsWith(`${name}_${suffix}{`) && line.includes(labels))
      .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  return { seconds: sum('sum'), count: sum('count') };
};

/** Milliseconds that the gateway has spent in sends so far, LND's calls aside, and how many there were. */
const aroundOf = async ({ site }: Gateway): Promise<{ readonly ms: number; readonly count: number }> => {
  const metrics = await (await fetch(new URL('/metrics', site.url))).text();
  const sends = timesOf(metrics, 'switchyard_command_seconds', 'command="sendPayment"');
  const calls = timesOf(metrics, 'switchyard_backend_call_seconds', 'call="pay"');
  return { ms: (sends.seconds - calls.seconds) * 1000, count: sends.count };
};

const both = (list: readonly number[]): readonly [number, number] => [quantile(list, 0.5), quantile(list, 0.95)];

export const measurePayments = async (
  network: Network,
  { database, plan }: LndSite,
  how: { readonly pairs: number; readonly profileDir: string | null },
): Promise<Added> => {
  const site = await createSite({ ...(await plan()), backend: backendOf(network.nodes.a) });
  const gateway = await startGateway(site, how.profileDir);
  try {
    const [before, used] = [await aroundOf(gateway), await gateway.proc.usage()];
    const { raw, ours } = await comparePayments(network, gateway, how.pairs);
    const [after, now] = [await aroundOf(gateway), await gateway.proc.usage()];
    const count = after.count - before.count;
    const own = { around: (after.ms - before.ms) / count, cpuMs: (now.cpuMs - used.cpuMs) / count };
    return { database, payments: ours.length, raw: both(raw), ours: both(ours), ...own };
  } finally {
    await gateway.proc.stop();
  }
};
