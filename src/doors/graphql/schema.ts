// The whole schema: every field and type registers when its file is imported, and the paths below are the schema's own coordinates.
import { type GraphQLSchema, printSchema } from 'graphql';
import { builder } from './builder.ts';
import './scalars/amounts.ts';
import './scalars/OnChainAddress.ts';
import './scalars/texts.ts';
import './scalars/Timestamp.ts';
import './Query/authorization.ts';
import './Query/backends.ts';
import './Query/globals.ts';
import './Query/incidents.ts';
import './Query/lnInvoiceDecode.ts';
import './Query/lnInvoicePaymentStatus.ts';
import './Query/lnInvoicePaymentStatusByHash.ts';
import './Query/lnInvoicePaymentStatusByPaymentRequest.ts';
import './Query/lnPayment.ts';
import './Query/me.ts';
import './Mutation/apiKeyCreate.ts';
import './Mutation/apiKeyRevoke.ts';
import './Mutation/lnInvoiceCancel.ts';
import './Mutation/lnInvoiceCreate.ts';
import './Mutation/lnInvoiceCreateOnBehalfOfRecipient.ts';
import './Mutation/lnInvoiceFeeProbe.ts';
import './Mutation/lnInvoicePaymentSend.ts';
import './Mutation/lnNoAmountInvoiceCreate.ts';
import './Mutation/lnNoAmountInvoiceCreateOnBehalfOfRecipient.ts';
import './Mutation/lnNoAmountInvoiceFeeProbe.ts';
import './Mutation/lnNoAmountInvoicePaymentSend.ts';
import './Mutation/outgoingHalt.ts';
import './Mutation/outgoingResume.ts';
import './Mutation/paymentAsk.ts';
import './Mutation/simulatedPayerPay.ts';
import './Mutation/walletCreate.ts';
import './Mutation/walletSetRoutes.ts';
import './Subscription/lnInvoicePaymentStatus.ts';
import './Subscription/lnInvoicePaymentStatusByHash.ts';
import './Subscription/lnInvoicePaymentStatusByPaymentRequest.ts';
import './Subscription/lnPayment.ts';

export const schema: GraphQLSchema = builder.toSchema({ sortSchema: true });

/** The schema in the schema language: what stands in `schema.graphql`. */
export const sdl = (): string => `${printSchema(schema)}\n`;
