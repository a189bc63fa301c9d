// How a simulated node makes an invoice: draws its secrets from the seed, adds hints for private channels by itself, signs it.

import type { RouteHintHop } from '../../lightning/bolt11.ts';
import { encodeBolt11 } from '../../lightning/bolt11-encode.ts';
import { type Bolt11, hashOf, type PaymentHash, preimage } from '../../lightning/values.ts';
import type { InvoiceTerms } from '../port.ts';
import { channelOf, count, nodeNamed, type Sim } from './core.ts';
import { watchExpiry } from './invoices.ts';
import { hashKey, type SimInvoice } from './model.ts';
import { derive } from './random.ts';

/** Final CLTV delta of an invoice that asks for none. */
export const defaultFinalCltvDelta = 80;
const featureBits = [8, 14, 17]; // onion with TLV, payment secret, parts (BOLT 9)
const mostHints = 4;

export interface InvoiceOrder {
  readonly terms: InvoiceTerms;
  readonly isHold: boolean;
  /** The caller's own hash: the node does not know the preimage. */
  readonly hash?: PaymentHash;
  /** A held set is given back after this time, in ms, and the invoice is open again. */
  readonly heldMs?: number;
}

/** Creates and signs an invoice. @throws RangeError on terms that BOLT 11 cannot hold. */
export const addInvoice = (sim: Sim, node: string, order: InvoiceOrder): SimInvoice => {
  const { amount, description, expirySeconds, finalCltvDelta = defaultFinalCltvDelta } = order.terms;
  // BOLT 11 counts whole seconds.
  const createdAt = Math.floor(sim.time.now().getTime() / 1000) * 1000;
  const hints = hintChannels(sim, node);
  const fields = { ...drawSecrets(sim, node, order), amount, description, createdAt, expirySeconds, finalCltvDelta, hints };
  const invoice: SimInvoice = {
    ...fields,
    node,
    bolt11: sign(sim, node, fields),
    isHold: order.isHold,
    expiresAt: createdAt + expirySeconds * 1000,
    heldMs: order.heldMs ?? null,
    state: 'open',
    received: 0n,
    parts: [],
    sets: 0,
  };
  sim.requests.set(invoice.bolt11, hashKey(node, invoice.hash));
  sim.save('invoices', hashKey(node, invoice.hash), invoice);
  watchExpiry(sim, invoice);
  return invoice;
};

// The clock is among the parts, so that a network that forgot its past never draws an old hash again.
const drawSecrets = (sim: Sim, node: string, order: InvoiceOrder): Pick<SimInvoice, 'hash' | 'preimage' | 'secret'> => {
  const parts = [sim.seed, node, count(sim, 'invoices'), sim.time.now().getTime()] as const;
  const secret = derive('secret', ...parts);
  if (order.hash !== undefined) return { hash: order.hash, preimage: null, secret };
  const drawn = preimage(derive('preimage', ...parts));
  return { hash: hashOf(drawn), preimage: drawn, secret };
};

type Fields = Pick<SimInvoice, 'hash' | 'secret' | 'amount' | 'description' | 'createdAt' | 'expirySeconds' | 'finalCltvDelta' | 'hints'>;

const sign = (sim: Sim, node: string, { secret, createdAt, hints, ...fields }: Fields): Bolt11 => {
  const routeHints = hints.map((id) => hintOf(sim, node, id));
  const draft = { ...fields, network: 'regtest', paymentSecret: secret, createdAt: new Date(createdAt), featureBits, routeHints } as const;
  return encodeBolt11(draft, nodeNamed(sim, node).privateKey);
};

// Private channels whose other end is there: the payer could not know them otherwise.
const hintChannels = (sim: Sim, node: string): string[] => {
  const hints: string[] = [];
  for (const channel of sim.records.channels.values()) {
    if (!channel.isPrivate || !channel.enabled || (channel.a !== node && channel.b !== node)) continue;
    if (nodeNamed(sim, channel.a === node ? channel.b : channel.a).online) hints.push(channel.id);
  }
  return hints.slice(0, mostHints);
};

const hintOf = (sim: Sim, node: string, id: string): RouteHintHop[] => {
  const channel = channelOf(sim, id);
  const [peer, policy] = channel.a === node ? [channel.b, channel.policyB] : [channel.a, channel.policyA];
  return [
    {
      node: nodeNamed(sim, peer).key,
      channel: id,
      baseFeeMsat: policy.baseMsat,
      feeRatePpm: Number(policy.ppm),
      cltvDelta: policy.cltvDelta,
    },
  ];
};
