// Numbers: amounts in satoshis and cents, times in minutes and seconds. Strings and numbers come in, JSON numbers go out; only
// millisatoshis go out as text, because they outgrow what JSON readers keep exact.
import { builder } from '../builder.ts';
import { BadInput, numberReading, textReading } from './input.ts';

/** 100 000 BTC (contract §3). */
const maxSatoshis = 10_000_000_000_000;
const maxCents = 10_000_000_000_000;

// A string is read like parseInt does ("12abc" is 12, as upstream). A number is cut: parseInt would read 1e21 as 1.
const whole = (given: string | number): number => {
  const number = typeof given === 'number' ? Math.trunc(given) : Number.parseInt(given, 10);
  return number === 0 ? 0 : number;
};

const amountIn =
  (name: string, max: number) =>
  (given: string | number): number | BadInput => {
    const amount = whole(given);
    if (!(amount >= 0)) return new BadInput(`Invalid value for ${name}`);
    return amount > max ? new BadInput(`Value too big for ${name}`) : amount;
  };

/** 0 to 10^13 satoshis; zero passes here and is refused where an amount is needed. */
export const satAmount = numberReading('SatAmount', amountIn('SatAmount', maxSatoshis));

/** 0 to 10^13 cents; a number with a fraction is refused. */
export const centAmount = numberReading('CentAmount', (given) =>
  typeof given === 'number' && !Number.isInteger(given)
    ? new BadInput('Invalid value for CentAmount')
    : amountIn('CentAmount', maxCents)(given),
);

const duration =
  (name: string) =>
  (given: string | number): number | BadInput => {
    const number = typeof given === 'number' ? given : whole(given);
    return Number.isInteger(number) && number >= 0 ? whole(number) : new BadInput(`Invalid value for ${name}`);
  };

/** A whole number of minutes, 0 or more; which of them an invoice may live is for the core to say. */
export const minutes = numberReading('Minutes', duration('Minutes'));
const seconds = numberReading('Seconds', duration('Seconds'));

const safeInteger =
  (name: string) =>
  (given: string | number): number | BadInput => {
    const number = Number(given);
    return Number.isSafeInteger(number) ? number : new BadInput(`Invalid value for ${name}`);
  };

const number = (value: number): number => value;

builder.scalarType('SatAmount', { description: 'Satoshis, zero or more.', serialize: number, ...satAmount });
builder.scalarType('CentAmount', { description: 'Hundredths of a US dollar, zero or more.', serialize: number, ...centAmount });
builder.scalarType('Minutes', { description: 'Minutes, zero or more.', serialize: number, ...minutes });
builder.scalarType('Seconds', { description: 'Seconds, zero or more.', serialize: number, ...seconds });
builder.scalarType('SignedAmount', {
  description: 'Satoshis (or cents, in a USD wallet); negative for what leaves.',
  serialize: number,
  ...numberReading('SignedAmount', safeInteger('SignedAmount')),
});
builder.scalarType('SafeInt', {
  description: 'A whole number that JSON readers keep exact: between -(2^53) + 1 and 2^53 - 1.',
  serialize: number,
  ...numberReading('SafeInt', safeInteger('SafeInt')),
});
builder.scalarType('SignedDisplayMajorAmount', {
  description: 'An amount in major units of the display currency, as decimal text such as "-0.47".',
  serialize: (text) => text,
  ...textReading('SignedDisplayMajorAmount', (text) =>
    /^-?\d+(\.\d+)?$/.test(text) ? text : new BadInput('Invalid value for SignedDisplayMajorAmount'),
  ),
});
builder.scalarType('Msat', {
  description: 'Thousandths of a satoshi, as decimal text: more digits than a JSON number keeps.',
  serialize: (value) => value.toString(),
  ...textReading('Msat', (text) => (/^\d{1,19}$/.test(text) ? BigInt(text) : new BadInput('Invalid value for Msat'))),
});
