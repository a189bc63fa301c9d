// LND's errors: what they are for the port, for the operator, and which of them decide about money.
import { describe, expect, test } from 'vitest';
import {
  faultOf,
  isAnswerLost,
  isDuplicateInvoice,
  isKnownPayment,
  isNotFound,
  refusedPayment,
  refusedSend,
  refusedTerms,
  troubleOf,
} from '../../../../src/backends/lnd/faults.ts';
import { BackendFault } from '../../../../src/backends/port.ts';

const rpc = (code: number, details: string) => Object.assign(new Error(`${code} ${details}`), { code, details });

describe('a gRPC error', () => {
  test.each([
    [1, 'Cancelled on client', 'timeout'],
    [2, 'verification failed: signature mismatch after caveat verification', 'auth'],
    [2, 'permission denied', 'auth'],
    [2, 'expected 1 macaroon, got 0', 'auth'],
    [2, 'wallet locked, unlock it to enable full RPC access', 'unreachable'],
    [2, 'the RPC server is in the process of starting up, but not yet ready to accept calls', 'unreachable'],
    [2, 'something else', 'refused'],
    [4, 'Deadline exceeded', 'timeout'],
    [5, 'not found', 'refused'],
    [7, 'permission denied', 'auth'],
    [8, 'too much', 'rateLimited'],
    [12, 'unknown service', 'protocol'],
    [13, 'broken', 'internal'],
    [14, 'No connection established', 'unreachable'],
    [16, 'who', 'auth'],
  ])('%i "%s" is %s', (code, details, kind) => {
    expect(faultOf(rpc(code, details)).kind).toBe(kind);
  });

  test('and what is none keeps its meaning', () => {
    expect(faultOf(new BackendFault({ kind: 'auth', detail: 'x' }))).toEqual({ kind: 'auth', detail: 'x' });
    expect(faultOf(AbortSignal.abort().reason).kind).toBe('timeout');
    expect(faultOf(new TypeError('oops'))).toEqual({ kind: 'internal', detail: 'oops' });
    expect(faultOf('text')).toEqual({ kind: 'internal', detail: 'text' });
  });

  test('not found is code 5 or one of the texts', () => {
    expect(isNotFound(rpc(5, "payment isn't initiated"))).toBe(true);
    expect(isNotFound(rpc(2, 'unable to locate invoice'))).toBe(true);
    expect(isNotFound(rpc(2, 'there are no existing invoices'))).toBe(true);
    expect(isNotFound(rpc(2, 'anything'))).toBe(false);
    expect(isNotFound(rpc(14, 'No connection established'))).toBe(false);
  });

  test('a duplicate invoice and a known payment are told apart from failures', () => {
    expect(isDuplicateInvoice(rpc(2, 'invoice with payment hash already exists'))).toBe(true);
    expect(isDuplicateInvoice(rpc(2, 'no'))).toBe(false);
    for (const text of ['invoice is already paid', 'payment is in transition', 'payment already exists'])
      expect(isKnownPayment(rpc(6, text))).toBe(true);
    expect(isKnownPayment(rpc(2, 'invoice is already paid'))).toBe(false);
  });

  test.each([
    [1, 'Cancelled on client', true],
    [4, 'Deadline exceeded after 10.001s,remote_addr=127.0.0.1:10009', true],
    [4, 'Deadline exceeded after 10.001s,Waiting for LB pick', false],
    [13, 'Received RST_STREAM with code 2', true],
    [14, 'Connection dropped', true],
    [14, 'No connection established. Last error: connect ECONNREFUSED 127.0.0.1:10009', false],
    [14, 'Name resolution failed for target dns:lnd.example:10009', false],
    [2, 'wallet locked, unlock it to enable full RPC access', false],
    [7, 'permission denied', false],
  ])('%i "%s" may hide something done: %s', (code, details, isLost) => {
    expect(isAnswerLost(rpc(code, details))).toBe(isLost);
  });
});

describe('a payment that LND did not begin', () => {
  test.each([
    ['invoice expired. Valid until 2026-11-21 08:00:00 +0000 UTC', 'invoiceExpired'],
    ['self-payments not allowed', 'selfPayment'],
    ['amount must be specified when paying a zero amount invoice', 'other'],
    ['amount must not be specified when paying a non-zero  amount invoice', 'other'],
    ['cltv limit 20 should be greater than 43', 'other'],
    ['total time lock of 5000 exceeds max allowed 2016', 'other'],
    ['verification failed: signature mismatch after caveat verification', 'other'],
    ['permission denied', 'other'],
    ['wallet locked, unlock it to enable full RPC access', 'other'],
  ])('"%s" is %s', (details, reason) => {
    expect(refusedPayment(rpc(2, details))).toBe(reason);
  });

  test('is known by listed texts under code 2 alone', () => {
    expect(refusedPayment(rpc(2, 'router shutting down'))).toBeNull();
    expect(refusedPayment(rpc(2, 'error reading from database'))).toBeNull();
    expect(refusedPayment(rpc(2, ''))).toBeNull();
    expect(refusedPayment(rpc(14, 'invoice expired. Valid until tomorrow'))).toBeNull();
    expect(refusedPayment(rpc(4, 'Deadline exceeded'))).toBeNull();
    expect(refusedPayment(rpc(1, 'Cancelled on client'))).toBeNull();
    expect(refusedPayment(new Error('invoice expired. Valid until tomorrow'))).toBeNull();
  });
});

describe('other refusals', () => {
  test('of invoice terms', () => {
    expect(refusedTerms(rpc(2, 'CLTV delta of 10 must be greater than minimum of 24'))).toMatch('CLTV delta');
    expect(refusedTerms(rpc(2, 'expiry of 99999999 seconds greater than max expiry of 31536000 seconds'))).toMatch('expiry');
    expect(refusedTerms(rpc(2, 'permission denied'))).toBeNull();
    expect(refusedTerms(rpc(14, 'memo too large'))).toBeNull();
  });

  test('of on-chain sends, but never once a broadcast is in the words', () => {
    expect(refusedSend(rpc(2, 'insufficient funds available to construct transaction'))).toBe('insufficientBalance');
    expect(refusedSend(rpc(2, 'transaction output is dust'))).toBe('dust');
    expect(refusedSend(rpc(2, 'address: bc1q is not valid for this network: regtest'))).toBe('address');
    expect(refusedSend(rpc(2, 'unable to broadcast sweep transaction: insufficient funds'))).toBeNull();
    expect(refusedSend(rpc(4, 'insufficient funds available'))).toBeNull();
  });
});

describe('what a person is told', () => {
  test.each([
    [rpc(14, 'No connection established. Last error: Error: connect ECONNREFUSED 127.0.0.1:1'), 'down'],
    [rpc(14, 'No connection established. Last error: Error: self-signed certificate'), 'certificate'],
    [rpc(14, 'No connection established. Last error: Error: unable to verify the first certificate'), 'certificate'],
    [rpc(2, 'wallet locked, unlock it to enable full RPC access'), 'locked'],
    [rpc(2, 'waiting to start, RPC services not available'), 'down'],
    [rpc(2, 'verification failed: signature mismatch after caveat verification'), 'macaroon'],
    [rpc(2, 'permission denied'), 'macaroon'],
    [rpc(4, 'Deadline exceeded'), 'down'],
    [rpc(13, 'strange'), 'other'],
  ])('%s is %s and names the node', (error, trouble) => {
    const said = troubleOf(error, 'lnd.example:10009');
    expect(said.trouble).toBe(trouble);
    expect(said.detail).toContain('lnd.example:10009');
  });
});
