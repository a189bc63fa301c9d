// Fresh invoices for the playground of a sandbox, so that every example runs as it stands.
import type { Reads } from '../../commands/reads.ts';
import type { Ask, Asking } from '../../commands/table.ts';
import type { Sandbox } from './graphiql.ts';
import type { Examples } from './tabs.ts';

interface ExampleDeps {
  readonly ask: Ask;
  readonly reads: Reads;
  readonly log: { warn(fields: object, text: string): void };
}

const amountMsat = 2_100_000n;

/** Never rejects: what cannot be made stays null. */
export const sandboxExamples = (
  { ask, reads, log }: ExampleDeps,
  sandbox: (Sandbox & { readonly payeeInvoice?: () => Promise<string>; readonly payeeAddress?: () => Promise<string> }) | null,
): (() => Promise<Examples>) => {
  const orNull = <T>(make: () => Promise<T>): Promise<T | null> =>
    make().catch((error: unknown) => {
      log.warn({ err: error }, 'an example of the playground could not be made');
      return null;
    });
  const ownInvoice = async (of: Sandbox, asking: Asking): Promise<string> => {
    const { walletId } = of;
    const order = {
      walletId,
      amountMsat,
      memo: 'An example',
      descriptionHash: null,
      expirySeconds: null,
      externalId: null,
      webhookUrl: null,
    };
    return (await ask('createInvoice', order, asking)).bolt11;
  };
  return async () => {
    if (sandbox === null) return { invoice: null, payee: null, payeeHash: null, address: null, payeeAddress: null };
    const who = await orNull(() => reads.authenticate(sandbox.apiKey));
    const asking: Asking = { who, door: 'graphql', key: null, from: null, signal: new AbortController().signal };
    const payee = sandbox.payeeInvoice === undefined ? null : await orNull(sandbox.payeeInvoice);
    const decoded = payee === null ? null : await orNull(() => ask('decodeInvoice', { bolt11: payee }, asking));
    // The same one at each visit: a page that is only looked at makes no addresses.
    const own = await orNull(() => ask('currentAddress', { walletId: sandbox.walletId }, asking));
    return {
      invoice: await orNull(() => ownInvoice(sandbox, asking)),
      payee,
      payeeHash: decoded?.hash ?? null,
      address: own?.address ?? null,
      payeeAddress: sandbox.payeeAddress === undefined ? null : await orNull(sandbox.payeeAddress),
    };
  };
};
