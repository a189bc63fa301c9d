// What the contract's cases are played on: a gateway, the names that cases use for wallets and invoices, and the steps that they are made of.
import { readFileSync } from 'node:fs';
import { WebSocket } from 'ws';
import type { Faults, PlannedFault } from '../../src/backends/simulated/faults.ts';
import { encodeBolt11 } from '../../src/lightning/bolt11-encode.ts';
import { bolt11Text, fromSat, paymentHash } from '../../src/lightning/values.ts';
import type { Json, TestGateway } from '../support/gateway-inprocess.ts';
import { difference } from './matching.ts';

export type Step =
  | {
      readonly ask: string;
      readonly as: string;
      readonly variables: Json;
      readonly expect: Json;
      readonly save?: Readonly<Record<string, string>>;
    }
  | {
      readonly follow: string;
      readonly as: string;
      readonly variables: Json;
      readonly whilePaying: string;
      readonly events: readonly Json[];
    }
  | { readonly pay: string; readonly sats?: number }
  | { readonly fault: PlannedFault; readonly on: Parameters<Faults['next']>[0] }
  | { readonly equal: readonly [string, string] };

const batsDocuments: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(new URL('./upstream/bats-documents.json', import.meta.url), 'utf8'),
);

/** A document itself, or the name of one of upstream's. */
const documentOf = (named: string): string => (named.startsWith('bats/') ? (batsDocuments[named] ?? missing(named)) : named);
const missing = (what: string): never => {
  throw new Error(`there is no ${what}`);
};

export type Names = Map<string, string>;

let made = 0;

/** The names of one case: every invoice is new, so that no case sees another's. */
export const namesFor = (gateway: TestGateway): Names => {
  made += 1;
  const outside = (sats: number | null, more: { node?: string; expirySeconds?: number } = {}): string => gateway.foreignInvoice(sats, more);
  const priced = outside(1000);
  return new Map<string, string>([
    ...Object.entries(gateway.wallets),
    ['unique', `case-${made}`],
    ['nohash', made.toString(16).padStart(64, 'a')],
    ['priced', priced],
    ['priced1', outside(1)],
    ['priced2', outside(2)],
    ['priced3', outside(3)],
    ['priced4', outside(4)],
    ['priced991', outside(991)],
    ['priced3000', outside(3000)],
    ['priced8000', outside(8000)],
    ['open2', outside(null)],
    ['open', outside(null)],
    ['theirAddress', gateway.world.payee.address()],
    ['unreachable1', outside(1, { node: 'island' })],
    ['unreachable10k', outside(10_000, { node: 'island' })],
    ['expired', expired(made)],
    ['checksum', `${priced.slice(0, -1)}${priced.endsWith('q') ? 'p' : 'q'}`],
  ]);
};

const expired = (number: number): string =>
  encodeBolt11(
    {
      network: 'regtest',
      amount: fromSat(1000),
      hash: paymentHash(number.toString(16).padStart(64, 'b')),
      paymentSecret: 'cd'.repeat(32),
      description: { text: 'too late' },
      createdAt: new Date(Date.now() - 7_200_000),
      expirySeconds: 3600,
      finalCltvDelta: 80,
      featureBits: [8, 14],
    },
    Buffer.alloc(32, 7),
  );

/** The same value with every `${name}` in its texts replaced. */
export const filled = (value: Json, names: Names): Json => {
  if (typeof value === 'string')
    return value.replace(/\$\{(\w+)\}/g, (_whole, name: string) => names.get(name) ?? missing(`name ${name} in this case`));
  if (Array.isArray(value)) return value.map((one) => filled(one, names));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, filled(one, names)]));
};

const at = (value: Json, path: string): string => {
  const found = path.split('.').reduce((inner, key) => inner?.[key], value);
  return typeof found === 'string' ? found : missing(`${path} in ${JSON.stringify(value)}`);
};

export const keyOf = (gateway: TestGateway, as: string): string | null => {
  if (as === 'nobody') return null;
  const known: Readonly<Record<string, string>> = { ...gateway.keys };
  return known[as] ?? missing(`key ${as}`);
};

export const payIt = async (gateway: TestGateway, bolt11: string, sats?: number): Promise<void> => {
  const outcome = await gateway.world.payer.pay({ bolt11: bolt11Text(bolt11), ...(sats === undefined ? {} : { amount: fromSat(sats) }) });
  if (outcome.is !== 'succeeded') throw new Error(`the payer ${JSON.stringify(outcome)}`);
  const { lnInvoiceDecode } = (
    await gateway.ask('query d($r: LnPaymentRequest!) { lnInvoiceDecode(paymentRequest: $r) { paymentHash } }', { r: bolt11 }, null)
  ).data;
  const end = Date.now() + 10_000;
  for (;;) {
    const { rows } = await gateway.db.pool.query("SELECT 1 FROM invoices WHERE payment_hash = $1 AND state = 'settled'", [
      lnInvoiceDecode.paymentHash,
    ]);
    if (rows.length > 0) return;
    if (Date.now() > end) throw new Error('a paid invoice is not settled after ten seconds');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

/** The payloads of `next` frames until `complete`; `begun` is called at the first. */
export const events = (
  gateway: TestGateway,
  asked: { readonly query: string; readonly variables: Json; readonly key: string | null },
  begun: () => void,
): Promise<readonly Json[]> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(gateway.endpoint.replace('http', 'ws'), 'graphql-transport-ws');
    const got: Json[] = [];
    const timer = setTimeout(() => socket.close(), 15_000);
    socket.on('error', reject);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(got);
    });
    socket.on('open', () =>
      socket.send(JSON.stringify({ type: 'connection_init', payload: asked.key === null ? {} : { 'X-API-KEY': asked.key } })),
    );
    socket.on('message', (data) => {
      const message = JSON.parse(String(data));
      if (message.type === 'connection_ack')
        socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: asked.query, variables: asked.variables } }));
      if (message.type === 'next') got.push(message.payload);
      if (message.type === 'next' && got.length === 1) begun();
      if (message.type === 'complete' || message.type === 'error') socket.close();
    });
  });

/** What is wrong after this step; null when nothing is. */
export const play = async (gateway: TestGateway, step: Step, names: Names): Promise<string | null> => {
  if ('pay' in step) {
    await payIt(gateway, filled(step.pay, names), step.sats);
    return null;
  }
  if ('fault' in step) {
    gateway.world.faultsOf(gateway.node).next(step.on, step.fault);
    return null;
  }
  if ('equal' in step) {
    const [one, other] = filled(step.equal, names);
    return one === other ? null : `${one} is not ${other}`;
  }
  const asked = {
    query: documentOf('ask' in step ? step.ask : step.follow),
    variables: filled(step.variables, names),
    // A key that an earlier step made, or one of the gateway's.
    key: names.get(step.as) ?? keyOf(gateway, step.as),
  };
  if ('follow' in step) {
    const { whilePaying } = step;
    const got = await events(gateway, asked, () => void payIt(gateway, filled(whilePaying, names)));
    return difference(got, filled(step.events, names));
  }
  const answer = await gateway.ask(asked.query, asked.variables, asked.key, { 'x-idempotency-key': crypto.randomUUID() });
  const wrong = difference(answer, filled(step.expect, names));
  if (wrong !== null) return `${wrong}\n  in ${JSON.stringify(answer)}`;
  for (const [name, path] of Object.entries(step.save ?? {})) names.set(name, at(answer, path));
  return null;
};
