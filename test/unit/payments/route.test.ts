// Which requests would pay an invoice of our own through the node that has it: by what the request says, as LND, lnmux and a custodian sign it.
import { describe, expect, test } from 'vitest';
import { bolt11Text } from '../../../src/lightning/values.ts';
import type { OwnInvoice } from '../../../src/payments/deps.ts';
import { type Candidate, paysItself, type Requested } from '../../../src/payments/route.ts';
import type { WalletView } from '../../../src/wallets/view.ts';

const [mine, other] = [{ id: 'mine' }, { id: 'other' }] as unknown as readonly [WalletView, WalletView];
const by = (...keys: readonly (string | null)[]): readonly Candidate[] =>
  keys.map((key) => ({ backendId: `of ${key}`, pay: {} as Candidate['pay'], identityKey: () => key }));

/** An invoice of the wallet `mine`, at a backend that is known by one key and signs with another one where it is a custodian. */
const own = (identity: string): OwnInvoice => ({
  ...{ walletId: 'mine', bolt11: 'lnbcrt1ours', paymentSecret: 'aa', backendIdentity: identity, inside: 'never' },
});
const request = (more: Partial<Requested> = {}): Requested => ({
  ...{ bolt11: bolt11Text('lnbcrt1theirs'), paymentSecret: 'bb', destination: '02elsewhere', ...more },
});

describe.each(['02node', '03mux', 'account-of-a-custodian'])('an invoice at %s', (identity) => {
  const ours = own(identity);
  test.each([
    ['its text', { bolt11: bolt11Text('lnbcrt1ours'), destination: '02signer' }],
    ['its secret under another signature', { paymentSecret: 'aa' }],
    ['the very node', { destination: identity }],
  ])('is what a request with %s pays: not by its own wallet, nor by the node that has it', (_, said) => {
    expect(paysItself(ours, { request: request(said), wallet: mine, candidates: by('02another') })).toBe(true);
    expect(paysItself(ours, { request: request(said), wallet: other, candidates: by('02another', identity) })).toBe(true);
    // From one node of ours to another the network carries it.
    expect(paysItself(ours, { request: request(said), wallet: other, candidates: by('02another', null) })).toBe(false);
  });

  test('is not what a request elsewhere with the same hash pays, whoever pays it', () => {
    for (const wallet of [mine, other])
      expect(paysItself(ours, { request: request(), wallet, candidates: by(identity, '02another') })).toBe(false);
  });
});
