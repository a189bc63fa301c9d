// The encoder against the specification's own vector and against ln-service's decoder, which knows nothing of our code.
import { createHash } from 'node:crypto';
import { parsePaymentRequest } from 'ln-service';
import { pointFromScalar } from 'tiny-secp256k1';
import { describe, expect, it } from 'vitest';
import { decodeBolt11 } from '../../../src/lightning/bolt11.ts';
import { type Bolt11Draft, encodeBolt11 } from '../../../src/lightning/bolt11-encode.ts';
import { paymentHash } from '../../../src/lightning/values.ts';

const key = Buffer.from('e126f68f7eafcc8b74f54d269fe206be715000f94dac067d1c04a8ca3b2db734', 'hex');
const publicKey = Buffer.from(pointFromScalar(key, true) ?? []).toString('hex');
const draft: Bolt11Draft = {
  network: 'regtest',
  amount: 1000n,
  hash: paymentHash('0001020304050607080900010203040506070809000102030405060708090102'),
  paymentSecret: '11'.repeat(32),
  description: { text: 'coffee beans' },
  createdAt: new Date(1496314658_000),
  expirySeconds: 3600,
  finalCltvDelta: 18,
  featureBits: [8, 14, 99],
};

describe('encodeBolt11', () => {
  it('writes the vector of BOLT 11 (25 mBTC, coffee beans, features 8, 14 and 99) to the letter', () => {
    expect(encodeBolt11({ ...draft, network: 'mainnet', amount: 2_500_000_000n }, key)).toBe(
      'lnbc25m1pvjluezpp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdq5vdhkven9v5sxyetpdeessp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygs9q5sqqqqqqqqqqqqqqqqsgq2a25dxl5hrntdtn6zvydt7d66hyzsyhqs4wdynavys42xgl6sgx9c4g7me86a27t07mdtfry458rtjr0v92cnmswpsjscgt2vcse3sgpz3uapa',
    );
  });

  it.each([1n, 9n, 10n, 999n, 1_000n, 1_001n, 100_000n, 123_456_789n, 100_000_000n, 99_999_999_999n, 100_000_000_000n, 2_100_000_000_000n])(
    'is read back with its amount of %s msat by ln-service',
    (amount) => {
      const parsed = parsePaymentRequest({ request: encodeBolt11({ ...draft, amount }, key) });
      expect(parsed).toMatchObject({
        mtokens: String(amount),
        network: 'regtest',
        destination: publicKey,
        id: draft.hash,
        payment: draft.paymentSecret,
      });
    },
  );

  it('leaves the amount out when the payer chooses', () => {
    expect(decodeBolt11(encodeBolt11({ ...draft, amount: null }, key))).toMatchObject({ is: 'decoded', invoice: { amount: null } });
  });

  it.each(['', 'ナンセンス 1杯', '🍺 ünïcödé', 'x'.repeat(639), 'ß'.repeat(319)])('keeps the description %#', (text) => {
    expect(parsePaymentRequest({ request: encodeBolt11({ ...draft, description: { text } }, key) }).description ?? '').toBe(text);
  });

  it('keeps a description hash, an expiry and a final time lock', () => {
    const hash = createHash('sha256').update('a long story').digest('hex');
    for (const [expirySeconds, finalCltvDelta] of [
      [1, 9],
      [60, 80],
      [86_400, 144],
      [31_536_000, 65_535],
    ] as const) {
      const parsed = parsePaymentRequest({
        request: encodeBolt11({ ...draft, description: { hash }, expirySeconds, finalCltvDelta }, key),
      });
      expect(parsed.description_hash).toBe(hash);
      expect(parsed.cltv_delta).toBe(finalCltvDelta);
      expect(Date.parse(parsed.expires_at) - Date.parse(parsed.created_at)).toBe(expirySeconds * 1000);
    }
  });

  it('writes hints of one and two hops that our own decoder reads back, features included', () => {
    const hop = (byte: string, channel: string) => ({
      node: `02${byte.repeat(32)}`,
      channel,
      baseFeeMsat: 1001n,
      feeRatePpm: 250,
      cltvDelta: 40,
    });
    const routeHints = [[hop('9e', '66051x263430x1800')], [hop('03', '1x2x3'), hop('04', '16777215x1x65535')]];
    const decoded = decodeBolt11(encodeBolt11({ ...draft, featureBits: [8, 14, 17], routeHints }, key));
    if (decoded.is !== 'decoded') throw new Error(decoded.why);
    expect(decoded.invoice.routeHints).toEqual(routeHints);
    expect(decoded.invoice.features.map((f) => f.bit).sort((a, b) => a - b)).toEqual([8, 14, 17]);
  });

  it('refuses what no field can hold', () => {
    expect(() => encodeBolt11({ ...draft, amount: 0n }, key)).toThrow(RangeError);
    expect(() => encodeBolt11({ ...draft, description: { text: 'x'.repeat(640) } }, key)).toThrow(RangeError);
    expect(() => encodeBolt11({ ...draft, description: { text: '杯'.repeat(214) } }, key)).toThrow(RangeError);
    expect(() => encodeBolt11({ ...draft, expirySeconds: 1.5 }, key)).toThrow(RangeError);
    expect(() => encodeBolt11({ ...draft, paymentSecret: 'ab' }, key)).toThrow(RangeError);
  });
});
