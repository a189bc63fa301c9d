// LND's words into the port's words, the odd pairs that real nodes were seen to say included.
import { describe, expect, test } from 'vitest';
import type { HtlcAttemptMessage, InvoiceMessage, PaymentMessage } from '../../../../src/backends/lnd/messages.ts';
import {
  aboveFloor,
  endedAt,
  failureOf,
  madeAt,
  networkOf,
  outcomeOf,
  routesOf,
  sightingOf,
} from '../../../../src/backends/lnd/translate.ts';
import { attemptRef } from '../../../../src/backends/port.ts';
import { hashOf, newPreimage } from '../../../../src/lightning/values.ts';

const secret = newPreimage();
const hash = hashOf(secret);

const htlc = (over: Partial<HtlcAttemptMessage> = {}): HtlcAttemptMessage => ({
  status: 'SUCCEEDED',
  route: {
    total_fees_msat: '1001',
    total_amt_msat: '1001001',
    hops: [
      { chan_id: '123', pub_key: '02aa', fee_msat: '1001', amt_to_forward_msat: '1000000' },
      { chan_id: '456', pub_key: '02bb', fee_msat: '0', amt_to_forward_msat: '1000000' },
    ],
  },
  resolve_time_ns: '1700000000123456789',
  failure: null,
  ...over,
});

const payment = (over: Partial<PaymentMessage> = {}): PaymentMessage => ({
  payment_hash: hash,
  payment_preimage: secret,
  value_msat: '1000000',
  fee_msat: '1001',
  status: 'SUCCEEDED',
  failure_reason: 'FAILURE_REASON_NONE',
  payment_index: '17',
  payment_request: '',
  creation_time_ns: '1700000000000000000',
  htlcs: [htlc()],
  ...over,
});

describe('a payment', () => {
  test.each([
    ['SUCCEEDED', 'FAILURE_REASON_NONE', 'succeeded'],
    ['SUCCEEDED', 'FAILURE_REASON_CANCELED', 'succeeded'],
    ['IN_FLIGHT', 'FAILURE_REASON_NONE', 'inFlight'],
    ['IN_FLIGHT', 'FAILURE_REASON_INCORRECT_PAYMENT_DETAILS', 'inFlight'],
    ['INITIATED', 'FAILURE_REASON_NONE', 'inFlight'],
    ['INITIATED', 'FAILURE_REASON_TIMEOUT', 'inFlight'],
    ['FAILED', 'FAILURE_REASON_NONE', 'failed'],
    ['FAILED', 'FAILURE_REASON_NO_ROUTE', 'failed'],
    ['UNKNOWN', 'FAILURE_REASON_NO_ROUTE', 'unknown'],
    ['SOMETHING_NEW', 'FAILURE_REASON_CANCELED', 'unknown'],
  ])('of status %s beside %s is %s', (status, failure_reason, expected) => {
    expect(outcomeOf(payment({ status, failure_reason }), hash).is).toBe(expected);
  });

  test('that succeeded has its preimage, fee, index and routes', () => {
    expect(outcomeOf(payment(), hash)).toEqual({
      is: 'succeeded',
      preimage: secret,
      fee: 1001n,
      ref: 17n,
      routes: [
        {
          amount: 1_000_000n,
          fee: 1001n,
          hops: [
            { node: '02aa', channel: '123', fee: 1001n },
            { node: '02bb', channel: '456', fee: 0n },
          ],
        },
      ],
    });
  });

  test('that succeeded with a preimage of something else is doubt', () => {
    expect(outcomeOf(payment({ payment_preimage: newPreimage() }), hash).is).toBe('unknown');
    expect(outcomeOf(payment({ payment_preimage: '' }), hash).is).toBe('unknown');
  });

  test.each([
    ['FAILURE_REASON_TIMEOUT', 'attemptsExhausted'],
    ['FAILURE_REASON_NO_ROUTE', 'noRoute'],
    ['FAILURE_REASON_ERROR', 'other'],
    ['FAILURE_REASON_INCORRECT_PAYMENT_DETAILS', 'rejectedByPayee'],
    ['FAILURE_REASON_INSUFFICIENT_BALANCE', 'insufficientBalance'],
    ['FAILURE_REASON_CANCELED', 'canceled'],
    ['FAILURE_REASON_NONE', 'other'],
    ['FAILURE_REASON_OF_TOMORROW', 'other'],
  ])('that failed for %s failed for %s', (reason, expected) => {
    expect(failureOf(reason)).toBe(expected);
  });

  test('keeps the code and the place of every refusal', () => {
    const failed = htlc({ status: 'FAILED', failure: { code: 'TEMPORARY_CHANNEL_FAILURE', failure_source_index: 1 } });
    expect(routesOf(payment({ htlcs: [failed, htlc({ route: null }), htlc({ status: 'FAILED' })] })).map((route) => route.failure)).toEqual(
      ['TEMPORARY_CHANNEL_FAILURE at 1', 'FAILED'],
    );
  });

  test('at or below the floor says nothing about the attempt above it', () => {
    const failed = outcomeOf(payment({ status: 'FAILED' }), hash);
    expect(aboveFloor(failed, null).is).toBe('failed');
    expect(aboveFloor(failed, attemptRef(16)).is).toBe('failed');
    expect(aboveFloor(failed, attemptRef(17)).is).toBe('notFound');
    expect(aboveFloor(failed, attemptRef(18)).is).toBe('notFound');
    const doubt = outcomeOf(payment({ status: 'UNKNOWN' }), hash);
    expect(aboveFloor(doubt, attemptRef(99)).is).toBe('unknown');
  });

  test('ended when its last path ended', () => {
    const now = new Date(0);
    expect(endedAt(payment({ htlcs: [htlc({ resolve_time_ns: '5000000' }), htlc({ resolve_time_ns: '9000000' })] }), now)).toEqual(
      new Date(9),
    );
    expect(endedAt(payment({ htlcs: [] }), now)).toBe(now);
  });
});

const invoice = (over: Partial<InvoiceMessage> = {}): InvoiceMessage => ({
  memo: '',
  r_preimage: Buffer.from(secret, 'hex'),
  r_hash: Buffer.from(hash, 'hex'),
  value_msat: '1000000',
  creation_date: '1700000000',
  settle_date: '0',
  payment_request: 'lnbcrt1',
  description_hash: Buffer.alloc(0),
  expiry: '3600',
  cltv_expiry: '80',
  add_index: '1',
  settle_index: '0',
  amt_paid_msat: '0',
  state: 'OPEN',
  payment_addr: Buffer.alloc(32),
  htlcs: [],
  ...over,
});

describe('an invoice', () => {
  test('is credited with what was received, not with what was asked', () => {
    expect(sightingOf(invoice({ state: 'SETTLED', amt_paid_msat: '3000000' }))).toEqual({
      is: 'settled',
      received: 3_000_000n,
      preimage: secret,
    });
  });

  test('trap: min not max or first HTLC expiry: a held one ends with the earliest HTLC that is held now, canceled ones beside it', () => {
    const htlcs = [
      { amt_msat: '400000', expiry_height: 548, state: 'CANCELED' },
      { amt_msat: '600000', expiry_height: 706, state: 'ACCEPTED' },
      { amt_msat: '400000', expiry_height: 711, state: 'ACCEPTED' },
      { amt_msat: '1', expiry_height: 500, state: 'SETTLED' },
    ];
    expect(sightingOf(invoice({ state: 'ACCEPTED', htlcs, r_preimage: Buffer.alloc(0) }))).toEqual({
      is: 'held',
      received: 1_000_000n,
      handle: null,
      deadline: { height: 706 },
    });
  });

  test('with a part of the amount in is still open', () => {
    expect(sightingOf(invoice({ htlcs: [{ amt_msat: '1', expiry_height: 500, state: 'ACCEPTED' }] }))).toEqual({ is: 'open' });
  });

  test('that is settled without a preimage in the answer has none', () => {
    for (const r_preimage of [Buffer.alloc(0), Buffer.alloc(32)]) {
      expect(sightingOf(invoice({ state: 'SETTLED', amt_paid_msat: '1', r_preimage }))).toMatchObject({ preimage: null });
    }
  });

  test('that is canceled is canceled', () => {
    expect(sightingOf(invoice({ state: 'CANCELED' }))).toEqual({ is: 'canceled' });
  });

  test('says in its request when it was made', () => {
    // BOLT 11, the specification's first example: timestamp 1496314658.
    expect(
      madeAt('lnbc1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygspp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypq'),
    ).toBe(1_496_314_658);
  });
});

test('networks are named as LND names them, testnet4 is a testnet, simnet is nobody', () => {
  expect(['mainnet', 'testnet', 'testnet4', 'signet', 'regtest', 'simnet', undefined].map(networkOf)).toEqual([
    'mainnet',
    'testnet',
    'testnet',
    'signet',
    'regtest',
    null,
    null,
  ]);
});
