// A Bitcoin address, checked down to its checksum. Which network it belongs to is the core's question: a scalar does not know ours.
import { readAddress } from '../../../lightning/address.ts';
import { builder } from '../builder.ts';
import { BadInput, textReading } from './input.ts';

builder.scalarType('OnChainAddress', {
  description: 'A Bitcoin address.',
  serialize: (text) => text,
  ...textReading('OnChainAddress', (text) => readAddress(text)?.address ?? new BadInput('Invalid value for OnChainAddress')),
});
