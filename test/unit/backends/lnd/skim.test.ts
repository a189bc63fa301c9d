// The look into encoded invoices, against ln-service's own reading of LND's proto file: every state, every field, every way to be cut short.
import { authenticatedLndGrpc } from 'ln-service';
import { expect, it } from 'vitest';
import { isOpenInvoice } from '../../../../src/backends/lnd/skim.ts';

interface Method {
  readonly responseSerialize: (invoice: object) => Buffer;
}
const { lnd } = authenticatedLndGrpc({ socket: '127.0.0.1:1', cert: '', macaroon: '00' });
const encode = (lnd as unknown as { readonly default: { readonly subscribeInvoices: Method } }).default.subscribeInvoices.responseSerialize;

const full = {
  memo: 'a cup of tea, '.repeat(30),
  r_preimage: Buffer.alloc(32, 0xff),
  r_hash: Buffer.alloc(32, 0x80),
  value: '1500',
  value_msat: '1500000',
  creation_date: '1795000000',
  settle_date: '1795000001',
  payment_request: `lnbcrt1${'q'.repeat(400)}`,
  description_hash: Buffer.alloc(32, 0xa8),
  expiry: '3600',
  fallback_addr: 'bcrt1q',
  cltv_expiry: '80',
  route_hints: [{ hop_hints: [{ node_id: '02'.repeat(33), chan_id: '18446744073709551615', fee_base_msat: 1000 }] }],
  private: true,
  add_index: '18446744073709551615',
  settle_index: '7',
  amt_paid_msat: '9223372036854775807',
  htlcs: [{ chan_id: '1', amt_msat: '5', state: 'SETTLED' }],
  features: { 9: { name: 'tlv-onion', is_known: true } },
  payment_addr: Buffer.alloc(32, 1),
};

it('tells open invoices from all others', () => {
  expect(isOpenInvoice(encode(full))).toBe(true);
  // Written down although it is zero.
  expect(isOpenInvoice(encode({ ...full, state: 'OPEN' }))).toBe(true);
  for (const state of ['SETTLED', 'CANCELED', 'ACCEPTED']) expect(isOpenInvoice(encode({ ...full, state }))).toBe(false);
  for (const state of ['SETTLED', 'CANCELED', 'ACCEPTED']) expect(isOpenInvoice(encode({ state }))).toBe(false);
});

it('calls nothing open that is cut short or no invoice', () => {
  const whole = encode({ memo: 'tea', r_hash: full.r_hash, state: 'SETTLED' });
  const before = encode({ memo: 'tea', r_hash: full.r_hash });
  const isWhole = (length: number) => [5, before.length].includes(length);
  for (let length = 0; length < before.length; length += 1) {
    if (!isWhole(length)) expect([length, isOpenInvoice(whole.subarray(0, length))]).toEqual([length, false]);
  }
  expect(isOpenInvoice(Buffer.alloc(20, 0xff))).toBe(false);
  expect(isOpenInvoice(Buffer.from([0x0b, 0x00]))).toBe(false);
});
