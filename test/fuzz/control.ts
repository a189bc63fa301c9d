// Honest clients beside the hostile ones: they create, get paid, poll and pay, and none of it may fail or wait for long.
import { bolt11Text } from '../../src/lightning/values.ts';
import type { TestGateway } from '../support/gateway-inprocess.ts';

export interface Control {
  /** Operations asked. */
  asked: number;
  created: number;
  paid: number;
  sent: number;
  slowestMs: number;
  /** Payment hashes of all that they made. */
  readonly hashes: Set<string>;
  readonly failures: string[];
}

const pauseMs = 150;

/** One round after the other until it is over. */
export const runControl = async (gateway: TestGateway, isOver: () => boolean): Promise<Control> => {
  const control: Control = { asked: 0, created: 0, paid: 0, sent: 0, slowestMs: 0, hashes: new Set(), failures: [] };
  while (!isOver()) {
    try {
      await round(gateway, control);
    } catch (error) {
      control.failures.push(String(error));
      if (control.failures.length > 10) break;
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  return control;
};

const asker =
  (gateway: TestGateway, control: Control): TestGateway['ask'] =>
  async (query, variables, key) => {
    const began = performance.now();
    control.asked += 1;
    const answer = await gateway.ask(query, variables, key);
    control.slowestMs = Math.max(control.slowestMs, performance.now() - began);
    if (answer.errors) throw new Error(`an honest request met ${JSON.stringify(answer.errors)}`);
    return answer.data;
  };

const expectEqual = (what: string, is: unknown, wanted: unknown): void => {
  if (is !== wanted) throw new Error(`${what} is ${JSON.stringify(is)} and not ${JSON.stringify(wanted)}`);
};

const round = async (gateway: TestGateway, control: Control): Promise<void> => {
  const ask = asker(gateway, control);
  const made = await ask(
    'mutation c($input: LnInvoiceCreateInput!) { lnInvoiceCreate(input: $input) { errors { message } invoice { paymentRequest paymentHash } } }',
    { input: { walletId: gateway.wallets.atm, amount: '21' } },
  );
  const { errors, invoice } = made.lnInvoiceCreate;
  expectEqual('errors of a creation', JSON.stringify(errors), '[]');
  control.hashes.add(invoice.paymentHash);
  control.created += 1;
  const outcome = await gateway.world.payer.pay({ bolt11: bolt11Text(invoice.paymentRequest) });
  expectEqual('an honest payer', outcome.is, 'succeeded');
  await untilPaid(ask, invoice.paymentRequest);
  control.paid += 1;
  const request = gateway.foreignInvoice(20);
  const decoded = await ask('query d($r: LnPaymentRequest!) { lnInvoiceDecode(paymentRequest: $r) { paymentHash } }', { r: request }, null);
  control.hashes.add(decoded.lnInvoiceDecode.paymentHash);
  const send = await ask(
    'mutation s($input: LnInvoicePaymentInput!) { lnInvoicePaymentSend(input: $input) { status errors { message } } }',
    { input: { walletId: gateway.wallets.atm, paymentRequest: request } },
  );
  expectEqual('an honest send', JSON.stringify(send.lnInvoicePaymentSend), '{"status":"SUCCESS","errors":[]}');
  control.sent += 1;
};

const untilPaid = async (ask: TestGateway['ask'], paymentRequest: string): Promise<void> => {
  const end = Date.now() + 20_000;
  for (;;) {
    const { lnInvoicePaymentStatus } = await ask(
      'query q($i: LnInvoicePaymentStatusInput!) { lnInvoicePaymentStatus(input: $i) { status } }',
      { i: { paymentRequest } },
      null,
    );
    if (lnInvoicePaymentStatus.status === 'PAID') return;
    if (Date.now() > end) throw new Error('an honest invoice was paid and is not PAID after twenty seconds');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};
