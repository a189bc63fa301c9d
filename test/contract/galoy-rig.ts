// The Galoy adapter against the server of galoy-server.ts, with what every test needs of both; and the three kinds of cases, counted apart.
import { readFileSync } from 'node:fs';
import { connectGaloy } from '../../src/backends/galoy/backend.ts';
import { galoySettings } from '../../src/backends/galoy/settings.ts';
import type { Backend, Pay, PayOrder, Receive } from '../../src/backends/port.ts';
import { backendId, bolt11Text, fromSat } from '../../src/lightning/values.ts';
import { apiKey, type GaloyServer, startGaloyServer, type TestInvoice } from './galoy-server.ts';

/** recorded: as it went over the wire. asserted: upstream's tests demand it. derived: read in upstream's source, or what HTTP does. */
export type Label = 'recorded' | 'asserted' | 'derived';

export interface Rig {
  readonly server: GaloyServer;
  readonly backend: Backend;
  readonly pay: Pay;
  readonly receive: Receive;
  readonly warned: string[];
  close(): Promise<void>;
}

export const quiet = (warned: string[] = []) => {
  const keep = (_fields: object, text: string): void => void warned.push(text);
  return { debug: () => undefined, info: () => undefined, warn: keep, error: keep };
};

/** An adapter of its own over a server; `settings` over those that fit the server. */
export const openRig = async (settings: Readonly<Record<string, unknown>> = {}): Promise<Rig> => {
  const server = await startGaloyServer();
  const warned: string[] = [];
  const parsed = galoySettings.parse({ endpoint: server.endpoint, apiKey, pollSeconds: 1, ...settings });
  const backend = connectGaloy(backendId('upstream'), parsed, { log: quiet(warned), clock: { now: () => new Date() } });
  const { pay, receive } = backend;
  if (!pay || !receive) throw new Error('the adapter lacks a facet');
  return {
    server,
    backend,
    pay,
    receive,
    warned,
    close: async () => {
      await backend.close();
      await server.close();
    },
  };
};

export const orderOf = (invoice: TestInvoice, more: { readonly sats?: number; readonly amountless?: boolean } = {}): PayOrder => ({
  hash: invoice.hash,
  bolt11: bolt11Text(invoice.bolt11),
  amount: fromSat(more.sats ?? 1000),
  amountless: more.amountless ?? false,
  maxFee: fromSat(10),
  sendBy: new Date(Date.now() + 20_000),
});

export const soon = (ms = 8_000): AbortSignal => AbortSignal.timeout(ms);

/** The answer of a recording, as the field that was asked holds it. */
export const recorded = (file: string): { readonly field: string; readonly holds: unknown; readonly variables: unknown } => {
  const { request, response } = JSON.parse(readFileSync(new URL(`./upstream/recordings/${file}.json`, import.meta.url), 'utf8'));
  const [field = '', holds] = Object.entries(response.data)[0] ?? [];
  return { field, holds, variables: request.body.variables };
};

/** One of our own, reduced recordings. */
export const fact = (
  file: string,
): { readonly label: Label; readonly field: string; readonly response: unknown; readonly status?: number } =>
  JSON.parse(readFileSync(new URL(`./recordings/adapter/${file}.json`, import.meta.url), 'utf8'));
