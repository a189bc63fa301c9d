// The one schema builder of the door. Types, fields and scalars register with it when their file is imported; schema.ts imports them all.
import SchemaBuilder from '@pothos/core';
import type { GraphqlContext } from './context.ts';
import type { BadInput } from './scalars/input.ts';

interface Scalar<T> {
  Input: T | BadInput;
  Output: T;
}

/** What resolvers are given and what they return, scalar by scalar. Inputs may be `BadInput`. */
type Scalars = {
  ID: { Input: string; Output: string };
  CentAmount: Scalar<number>;
  CountryCode: Scalar<string>;
  DisplayCurrency: Scalar<string>;
  EndpointId: Scalar<string>;
  EndpointUrl: Scalar<string>;
  Hex32Bytes: Scalar<string>;
  LnPaymentPreImage: Scalar<string>;
  LnPaymentRequest: Scalar<string>;
  LnPaymentSecret: Scalar<string>;
  Memo: Scalar<string>;
  Minutes: Scalar<number>;
  Msat: Scalar<bigint>;
  OnChainAddress: Scalar<string>;
  OnChainTxHash: Scalar<string>;
  PaymentHash: Scalar<string>;
  SafeInt: Scalar<number>;
  SatAmount: Scalar<number>;
  Seconds: Scalar<number>;
  SignedAmount: Scalar<number>;
  SignedDisplayMajorAmount: Scalar<string>;
  Timestamp: Scalar<Date>;
  TxExternalId: Scalar<string>;
  Username: Scalar<string>;
  WalletId: Scalar<string>;
};

// Fields are non-null and inputs optional unless they say otherwise: what Galoy's schema mostly says.
export const builder = new SchemaBuilder<{ Context: GraphqlContext; Scalars: Scalars; DefaultFieldNullability: false }>({
  defaultFieldNullability: false,
});

builder.queryType({ description: 'What can be asked.' });
builder.mutationType({ description: 'What can be done.' });
builder.subscriptionType({ description: 'What can be followed.' });
