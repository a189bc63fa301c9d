// docs/galoy-compatibility.md says what the two schemas say, every field that is left out has a reason, and no served one differs.
import { readFileSync } from 'node:fs';
import { buildSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { compatibility } from '../../scripts/compatibility-page.mjs';
import { schema } from '../../src/doors/graphql/schema.ts';

const sdl = readFileSync(new URL('./upstream/blink-public.graphql', import.meta.url), 'utf8');
const upstream = buildSchema(sdl);

describe('the compatibility report', () => {
  const report = compatibility(schema, upstream);
  it('is the page that npm run generate prints', () => {
    expect(readFileSync(new URL('../../docs/galoy-compatibility.md', import.meta.url), 'utf8')).toBe(report.page);
  });
  it('has a reason for everything that is left out', () => {
    expect(report.unexplained).toEqual([]);
  });
  it('finds nothing served that is not exactly theirs', () => {
    expect(report.differences).toEqual([]);
  });
  it('names every type and field of theirs', () => {
    for (const type of Object.values(upstream.getTypeMap())) {
      if (type.astNode === undefined || type.astNode === null) continue;
      expect(report.page).toContain(
        `${type.name === 'Query' || type.name === 'Mutation' || type.name === 'Subscription' ? '## ' : '`'}${type.name}`,
      );
      if ('getFields' in type) for (const field of Object.keys(type.getFields())) expect(report.page).toContain(`\`${field}\``);
    }
  });
});

describe('the check', () => {
  const changed = (from: string, to: string) => {
    expect(sdl).toContain(from);
    return compatibility(schema, buildSchema(sdl.replace(from, to)));
  };
  it.each([
    ['another nullability', 'balance: SignedAmount!', 'balance: SignedAmount'],
    ['another type', 'settlementFee: SignedAmount!', 'settlementFee: SatAmount!'],
    ['another argument', 'transactionById(transactionId: ID!)', 'transactionById(transactionId: ID!, kind: String)'],
    ['another required input', 'input LnInvoiceCancelInput {', 'input LnInvoiceCancelInput {\n  reason: String!'],
  ])('sees %s', (_name, from, to) => {
    const { differences, unexplained } = changed(from, to);
    expect([...differences, ...unexplained]).not.toEqual([]);
  });
  it('sees another value of an enumeration, and a field that is new there', () => {
    expect(changed('enum PaymentSendResult {', 'enum PaymentSendResult {\n  QUEUED').unexplained).toEqual(['PaymentSendResult.QUEUED']);
    expect(changed('type Globals {', 'type Globals {\n  weather: String').unexplained).toEqual(['Globals.weather']);
  });
});
