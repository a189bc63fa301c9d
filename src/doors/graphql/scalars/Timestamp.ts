// A moment: seconds since 1970 on the wire, a Date inside.
import { builder } from '../builder.ts';
import { BadInput, textReading } from './input.ts';

/** Whole seconds, rounded down. */
export const unixSeconds = (date: Date): number => Math.floor(date.getTime() / 1000);

builder.scalarType('Timestamp', {
  description: 'A moment as seconds since 1970-01-01T00:00:00Z.',
  serialize: unixSeconds,
  ...textReading('Timestamp', (text) => {
    const date = new Date(text);
    return Number.isNaN(date.getTime()) ? new BadInput('Invalid value for Date') : date;
  }),
});
