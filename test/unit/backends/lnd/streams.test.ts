// The pieces that facts are made of: the cursor, the queue, and what a probe and a transaction prove.
import { describe, expect, test } from 'vitest';
import { atNode, nowhere, readCursor, settledUpTo, writeCursor } from '../../../../src/backends/lnd/cursor.ts';
import { depositsIn } from '../../../../src/backends/lnd/facts-chain.ts';
import type { HtlcAttemptMessage, PaymentMessage } from '../../../../src/backends/lnd/messages.ts';
import { shortChannelId } from '../../../../src/backends/lnd/probe.ts';
import { arrivedRoutes, splitVerdict, wholeVerdict } from '../../../../src/backends/lnd/probe-verdict.ts';
import { queueOf } from '../../../../src/backends/lnd/queue.ts';
import { msat } from '../../../../src/lightning/values.ts';

describe('the cursor', () => {
  test('is read as it was written', () => {
    const position = { node: '02aa', settle: '18446744073709551615', block: 7 };
    expect(readCursor(writeCursor(position))).toEqual(position);
    expect(readCursor(null)).toEqual(nowhere);
  });

  test.each(['', 'x', '17', 'null', '[]', '{"settle":"-1"}', '{"settle":5,"node":1,"block":1.5}'])('%j is the beginning', (text) => {
    expect(readCursor(text)).toEqual(nowhere);
  });

  test('means nothing to another node', () => {
    const position = { node: '02aa', settle: '5', block: 7 };
    expect(atNode(position, '02aa')).toBe(position);
    expect(atNode(position, '02bb')).toEqual({ node: '02bb', settle: null, block: null });
  });

  test('never goes back over a repeated fact', () => {
    const at = { ...nowhere, settle: '9' };
    expect(settledUpTo(at, '8').settle).toBe('9');
    expect(settledUpTo(at, '9').settle).toBe('9');
    expect(settledUpTo(at, '10').settle).toBe('10');
    expect(settledUpTo(nowhere, '1').settle).toBe('1');
  });
});

describe('the queue', () => {
  test('gives out in order, also what comes while it is read', async () => {
    const queue = queueOf<number>(100);
    await queue.push(1);
    await queue.push(2);
    const seen: number[] = [];
    for await (const item of queue.items) {
      seen.push(item);
      if (item === 2) setTimeout(() => queue.push(3), 5);
      if (item === 3) queue.end();
    }
    expect(seen).toEqual([1, 2, 3]);
  });

  test('lets writers wait while it is full and frees them when it ends', async () => {
    const queue = queueOf<number>(2);
    await queue.push(1);
    let through = false;
    const waiting = queue.push(2).then(() => {
      through = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(through).toBe(false);
    for await (const item of queue.items) if (item === 1) break;
    await waiting;
    const full = queueOf<number>(1);
    const stuck = full.push(1);
    full.end();
    await stuck;
    await full.push(2);
  });

  test('ends for a reader who waits', async () => {
    const queue = queueOf<number>(1);
    setTimeout(queue.end, 5);
    for await (const item of queue.items) throw new Error(`nothing was pushed, and ${item} came out`);
  });
});

const path = (
  over: { readonly code?: string; readonly at?: number; readonly amount?: number; readonly fee?: number; readonly last?: string } = {},
): HtlcAttemptMessage => {
  const { code = 'INCORRECT_OR_UNKNOWN_PAYMENT_DETAILS', at = 2, amount = 1000, fee = 10, last = '2' } = over;
  return {
    status: 'FAILED',
    route: {
      total_fees_msat: String(fee),
      total_amt_msat: String(amount + fee),
      hops: [
        { chan_id: '1', pub_key: '02aa', fee_msat: String(fee), amt_to_forward_msat: String(amount) },
        { chan_id: last, pub_key: '02bb', fee_msat: '0', amt_to_forward_msat: String(amount) },
      ],
    },
    resolve_time_ns: '0',
    failure: { code, failure_source_index: at },
  };
};
const ended = (reason: string, ...htlcs: readonly HtlcAttemptMessage[]): PaymentMessage => ({
  payment_hash: '',
  payment_preimage: '',
  value_msat: '0',
  fee_msat: '0',
  status: 'FAILED',
  failure_reason: `FAILURE_REASON_${reason}`,
  payment_index: '1',
  payment_request: '',
  creation_time_ns: '0',
  htlcs,
});

describe('a probe in one part', () => {
  test('that arrived costs what its path costs', () => {
    const tries = [path({ code: 'TEMPORARY_CHANNEL_FAILURE', at: 1 }), path()];
    expect(wholeVerdict(ended('INCORRECT_PAYMENT_DETAILS', ...tries))).toEqual({ is: 'fee', fee: 10n });
    expect(wholeVerdict(ended('ERROR', path({ code: 'MPP_TIMEOUT' })))).toEqual({ is: 'fee', fee: 10n });
  });

  test('is noRoute only by the word of LND', () => {
    expect(wholeVerdict(ended('NO_ROUTE', path({ code: 'TEMPORARY_CHANNEL_FAILURE', at: 1 })))).toEqual({ is: 'noRoute' });
    expect(wholeVerdict(ended('NO_ROUTE'))).toEqual({ is: 'noRoute' });
    expect(wholeVerdict(ended('INSUFFICIENT_BALANCE'))).toEqual({ is: 'noRoute' });
    for (const reason of ['TIMEOUT', 'ERROR', 'CANCELED']) expect(wholeVerdict(ended(reason)).is).toBe('unknown');
    // Said by a node on the way, it is not the payee's refusal.
    expect(wholeVerdict(ended('INCORRECT_PAYMENT_DETAILS', path({ at: 1 }))).is).toBe('unknown');
    expect(wholeVerdict(ended('NO_ROUTE', path({ code: 'UNKNOWN_NEXT_PEER', at: 1 }))).is).toBe('unknown');
  });
});

const routes = (...htlcs: readonly HtlcAttemptMessage[]) => arrivedRoutes(ended('INCORRECT_PAYMENT_DETAILS', ...htlcs));

describe('a probe in parts', () => {
  test('that arrived on separate channels costs what all cost', () => {
    expect(splitVerdict(routes(path({ amount: 400, fee: 3 }), path({ amount: 600, fee: 4, last: '3' })), msat(1000))).toEqual({
      is: 'fee',
      fee: 7n,
    });
  });

  test('proves nothing about a channel that all of them used, one after the other', () => {
    const narrow = [{ from: '02aa', to: '02bb', load: 1000n }];
    expect(splitVerdict(routes(path({ amount: 400, fee: 3 }), path({ amount: 600, fee: 4 })), msat(1000))).toEqual({
      is: 'unproved',
      narrow,
    });
    expect(splitVerdict(routes(path({ amount: 400 })), msat(1000))).toEqual({ is: 'partly', narrow });
  });

  test('is noRoute when nothing arrived', () => {
    expect(splitVerdict(routes(path({ code: 'TEMPORARY_CHANNEL_FAILURE', at: 1 })), msat(1000))).toEqual({ is: 'noRoute' });
  });
});

describe('channels', () => {
  test('are named as gRPC wants them', () => {
    expect(shortChannelId('700000x1234x1')).toBe(String((700_000n << 40n) + (1234n << 16n) + 1n));
    expect(shortChannelId('16777215x16777215x65535')).toBe('18446744073709551615');
  });
});

test('deposits are the outputs to our own addresses, in msat', () => {
  const output = { address: 'bcrt1q', output_index: '1', amount: '5000', is_our_address: true };
  const transaction = {
    tx_hash: 'ab',
    num_confirmations: 2,
    time_stamp: '1700000000',
    total_fees: '0',
    label: '',
    output_details: [output, { ...output, is_our_address: false }, { ...output, amount: '0' }],
  };
  expect(depositsIn(transaction)).toEqual([{ txid: 'ab', output: 1, address: 'bcrt1q', amount: 5_000_000n, confirmations: 2 }]);
});
