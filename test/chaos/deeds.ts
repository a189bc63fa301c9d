// What is under way when the gateway is killed: payments and receipts on real nodes, each with what its client does afterwards (it asks again,
// under the same key) and how it must have ended, by the word of the gateway and of the node that was paid.
import { randomUUID } from 'node:crypto';
import { getInvoice } from 'ln-service';
import type { Network } from '../regtest/handle.ts';
import type { NetNode } from '../regtest/lnd.ts';
import { holdOf, invoiceOf, payFrom, settlementAt } from '../regtest/people.ts';
import { waitUntil } from '../regtest/wait.ts';
import { sends } from '../support/operations.ts';
import type { Site } from './site.ts';

export const kinds = ['send', 'send to a hold', 'send without a route', 'receive', 'settle a hold', 'cancel a hold'] as const;
export type Kind = (typeof kinds)[number];
export type End = 'paid' | 'failed' | 'settled' | 'canceled';

export interface Deed {
  readonly kind: Kind;
  readonly hash: string;
  /** Satoshis, in the direction of the kind. */
  readonly sats: number;
  /** The request in the middle of which the gateway is killed. Its answer may never come. */
  readonly fire: () => Promise<unknown>;
  /** What the client, and the payee who held, do when the gateway is back. Again and again is fine. */
  readonly resume: () => Promise<void>;
  /** How it ended; null: not yet. Gateway and node say the same, or not yet. */
  readonly end: () => Promise<End | null>;
  /** What contradicts at the end, in words; asked when all is over. */
  readonly wrong: () => Promise<readonly string[]>;
  /** What it took out of the wallet or brought into it, in msat, by the payee's and the payer's word. */
  readonly movedMsat: () => Promise<bigint>;
}

export interface World {
  readonly network: Network;
  readonly site: Site;
  /** 0 to below 1, seeded. */
  readonly random: () => number;
}

const quietly = (work: Promise<unknown>): Promise<unknown> => work.catch(() => undefined);

interface Sent {
  readonly answer: { readonly status: string | null };
}
interface Payment {
  readonly status: string;
  readonly feeMsat: string | null;
}

/** `at`: who is paid; `release`: what a payee who holds does once the gateway is back. */
interface Payee {
  readonly at: NetNode;
  readonly request: string;
  readonly hash: string;
  readonly sats: number;
  readonly release: () => Promise<unknown>;
}

const sending = ({ site }: World, kind: Kind, { at, request, hash, sats, release }: Payee): Deed => {
  const key = randomUUID();
  const told = new Set<string>();
  const send = async () => {
    const { answer } = await site.ask<Sent>(sends.ofInvoice, { input: { walletId: site.walletId, paymentRequest: request } }, key);
    told.add(String(answer.status));
  };
  const look = async () =>
    (
      await site.ask<{ lnPayment: Payment | null }>('query q($hash: PaymentHash!) { lnPayment(paymentHash: $hash) { status feeMsat } }', {
        hash,
      })
    ).lnPayment;
  const isPaid = async () => (await settlementAt(at, hash))?.settled === true;
  return {
    ...{ kind, hash, sats, fire: send },
    resume: async () => {
      await quietly(release());
      await quietly(send());
    },
    end: async () => {
      const status = (await look())?.status;
      if (status === 'SUCCESS') return 'paid';
      return status === 'FAILURE' ? 'failed' : null;
    },
    wrong: async () => {
      const [payment, paid] = [await look(), await settlementAt(at, hash)];
      const said = payment?.status ?? 'nothing';
      return [
        ...(paid?.settled && said !== 'SUCCESS' ? [`LOST: the payee has ${hash}, the gateway says ${said}`] : []),
        ...(!paid?.settled && said === 'SUCCESS' ? [`LOST: the gateway says that ${hash} is paid, the payee has nothing`] : []),
        ...(paid?.settled && paid.msat !== BigInt(sats) * 1000n
          ? [`DOUBLE: ${paid.msat} msat of ${hash} arrived, ${sats} sat were sent`]
          : []),
        ...(told.has('FAILURE') && paid?.settled ? [`LIED: FAILURE was told of ${hash}, and it was paid`] : []),
      ];
    },
    movedMsat: async () => ((await isPaid()) ? -(BigInt(sats) * 1000n + BigInt((await look())?.feeMsat ?? 0)) : 0n),
  };
};

const drawn = ({ random }: World, least: number, most: number): number => least + Math.floor(random() * (most - least));

const payeeOf = async (at: NetNode, sats: number): Promise<Payee> => ({
  ...{ at, sats, ...(await invoiceOf(at, sats)) },
  release: async () => undefined,
});

interface Hold {
  readonly paymentHash: string;
  readonly paymentRequest: string;
  readonly status: string;
}
interface Made {
  readonly answer: { readonly invoice: Hold | null; readonly errors: readonly unknown[] };
}

const isOver = (status: string | undefined): End | null => {
  if (status === 'SETTLED' || status === 'PAID') return 'settled';
  return status === 'CANCELED' || status === 'EXPIRED' ? 'canceled' : null;
};

/** What node a says of an invoice of ours against what the gateway told. */
const receipt = (
  { network }: World,
  of: { readonly hash: string; readonly sats: number; readonly status: () => Promise<string | undefined> },
) => {
  const { a } = network.nodes;
  const { hash, sats, status } = of;
  return {
    wrong: async () => {
      const [got, said] = [await settlementAt(a, hash), isOver(await status())];
      return [
        ...(got?.settled && said !== 'settled' ? [`LOST: node a was paid ${hash}, the gateway says ${said}`] : []),
        ...(!got?.settled && said === 'settled' ? [`LOST: the gateway says that ${hash} was received, node a has nothing`] : []),
        ...(got?.settled && got.msat !== BigInt(sats) * 1000n ? [`DOUBLE: ${got.msat} msat came for ${hash} over ${sats} sat`] : []),
      ];
    },
    movedMsat: async () => (await settlementAt(a, hash))?.msat ?? 0n,
  };
};

const receiving = async (world: World, payer: NetNode): Promise<Deed> => {
  const { site } = world;
  const sats = drawn(world, 500, 2_000);
  const create = `mutation c($input: LnInvoiceCreateInput!) { answer: lnInvoiceCreate(input: $input) { errors { message } invoice { paymentHash paymentRequest } } }`;
  const { answer } = await site.ask<Made>(create, { input: { walletId: site.walletId, amount: sats } });
  if (answer.invoice === null) throw new Error(`no invoice: ${JSON.stringify(answer.errors)}`);
  const { paymentHash: hash, paymentRequest } = answer.invoice;
  const poll = 'query q($input: LnInvoicePaymentStatusByHashInput!) { answer: lnInvoicePaymentStatusByHash(input: $input) { status } }';
  const status = async () => (await site.ask<{ answer: { status: string } }>(poll, { input: { paymentHash: hash } })).answer.status;
  return {
    ...{ kind: 'receive', hash, sats, fire: () => payFrom(payer, paymentRequest), resume: async () => undefined },
    end: async () => isOver(await status()),
    ...receipt(world, { hash, sats, status }),
  };
};

const holding = async (world: World, payer: NetNode, wish: 'Settle' | 'Cancel'): Promise<Deed> => {
  const { site, network } = world;
  const sats = drawn(world, 500, 2_000);
  const create = `mutation c($input: LnHoldInvoiceCreateInput!) { answer: lnHoldInvoiceCreate(input: $input) { errors { message } invoice { paymentHash paymentRequest status } } }`;
  const { answer } = await site.ask<Made>(create, { input: { walletId: site.walletId, amount: sats } });
  if (answer.invoice === null) throw new Error(`no hold invoice: ${JSON.stringify(answer.errors)}`);
  const { paymentHash: hash, paymentRequest } = answer.invoice;
  const status = async () =>
    (await site.ask<{ lnHoldInvoice: Hold }>('query q($hash: PaymentHash!) { lnHoldInvoice(paymentHash: $hash) { status } }', { hash }))
      .lnHoldInvoice.status;
  void quietly(payFrom(payer, paymentRequest));
  await waitUntil('the hold HELD', async () => (await status()) === 'HELD');
  const ask = () =>
    site.ask(`mutation m($input: LnHoldInvoice${wish}Input!) { answer: lnHoldInvoice${wish}(input: $input) { errors { message } } }`, {
      input: { walletId: site.walletId, paymentHash: hash },
    });
  const { wrong, movedMsat } = receipt(world, { hash, sats, status });
  return {
    ...{ kind: wish === 'Settle' ? 'settle a hold' : 'cancel a hold', hash, sats, fire: ask },
    resume: async () => void (await quietly(ask())),
    end: async () => isOver(await status()),
    wrong: async () => {
      const atNode = await getInvoice({ lnd: network.nodes.a.lnd, id: hash });
      const asked = wish === 'Settle' ? atNode.is_confirmed === true : atNode.is_canceled === true;
      return [...(await wrong()), ...(asked ? [] : [`LOST: ${hash} was to ${wish.toLowerCase()}, and node a did something else`])];
    },
    movedMsat,
  };
};

/** Makes a deed ready: what must be there before the request that is aimed at is there. */
export const prepare = async (world: World, kind: Kind): Promise<Deed> => {
  const { b, c, d } = world.network.nodes;
  const [payee, payer] = [world.random() < 0.5 ? b : c, world.random() < 0.5 ? b : d];
  switch (kind) {
    case 'send':
      return sending(world, kind, await payeeOf(payee, drawn(world, 500, 2_000)));
    case 'send without a route':
      // More than any way to e can carry: it fails after real attempts.
      return sending(world, kind, await payeeOf(world.network.nodes.e, drawn(world, 600_000, 700_000)));
    case 'send to a hold': {
      const sats = drawn(world, 500, 2_000);
      const { request, hash, settle, cancel } = await holdOf(payee, sats);
      const end = world.random() < 0.5 ? settle : cancel;
      const release = async () => ((await getInvoice({ lnd: payee.lnd, id: hash })).is_held ? end() : undefined);
      return sending(world, kind, { at: payee, request, hash, sats, release });
    }
    case 'receive':
      return receiving(world, payer);
    case 'settle a hold':
      return holding(world, payer, 'Settle');
    case 'cancel a hold':
      return holding(world, payer, 'Cancel');
  }
};
