// Who an lnmux is, and what is wrong with it. It has no health call: GetInfo shows that it lives, a gauge of its metrics how many of its nodes
// are connected to it.
import { BackendFault, type Health, type Identity } from '../port.ts';
import { type LnmuxContext, patience } from './context.ts';
import { asFault, faultOf } from './faults.ts';
import type { InfoMessage } from './messages.ts';
import { networkOf } from './translate.ts';

/** @throws BackendFault */
export const lnmuxIdentity = async ({ connection }: LnmuxContext, signal: AbortSignal): Promise<Identity> => {
  try {
    const info = await connection.calls().getInfo({}, { ms: patience.call, signal });
    const network = networkOf(info.network);
    if (network === null)
      throw new BackendFault({ kind: 'refused', detail: `lnmux is on the network ${info.network}, which is not served` });
    const nodes = info.nodes.length === 1 ? 'one node' : `${info.nodes.length} nodes`;
    return { network, key: info.pub_key.toString('hex'), label: `lnmux over ${nodes}` };
  } catch (error) {
    throw asFault(error);
  }
};

/** Never throws. */
export const lnmuxHealth = async (context: LnmuxContext, signal: AbortSignal): Promise<Health> => {
  const { connection, settings } = context;
  try {
    const [info, away] = await Promise.all([
      connection.calls().getInfo({}, { ms: patience.health, signal }),
      settings.instrumentation === undefined ? null : disconnectedNodes(settings.instrumentation, signal),
    ]);
    return healthOf(info, away);
  } catch (error) {
    const { kind, detail } = faultOf(error);
    const silent =
      kind === 'timeout' ? `lnmux at ${connection.socket} did not answer in time` : `lnmux does not answer at ${connection.socket}`;
    return { ready: false, syncedToChain: null, trouble: 'down', detail: `${silent}: start it, or correct "socket" (${detail}).` };
  }
};

/** What GetInfo and the gauge say together; `away` is how many nodes are not connected, null when that is not known. */
export const healthOf = (info: InfoMessage, away: number | null): Health => {
  const count = info.nodes.length;
  // lnmux counts the nodes that are away and does not name them: only when all are away is it known of each.
  const members = info.nodes.map((node) => ({ key: node.pub_key.toString('hex'), ready: away !== count }));
  const base = { syncedToChain: null, members };
  if (networkOf(info.network) === null)
    return {
      ...base,
      ready: false,
      trouble: 'network',
      detail: `lnmux is on the network ${info.network}: use mainnet, testnet or regtest.`,
    };
  if (info.auto_settle)
    return {
      ...base,
      ready: true,
      trouble: 'other',
      detail: 'lnmux is in auto-settle mode: plain invoices work, hold invoices do not. Set autoSettle: false.',
    };
  if (count > 0 && away === count)
    return {
      ...base,
      ready: false,
      trouble: 'down',
      detail: `none of the ${count} nodes of lnmux is connected to it: look at its log and at the nodes.`,
    };
  if (away !== null && away > 0)
    return {
      ...base,
      ready: true,
      trouble: 'other',
      detail: `${away} of the ${count} nodes of lnmux are not connected to it (it does not say which); the others receive.`,
    };
  return { ...base, ready: true, detail: 'ok' };
};

const gauge = /^lnmux_disconnected_nodes(?:\{[^}]*\})?\s+(\d+(?:\.\d+)?)/m;

/** Null when the metrics cannot be read: they are a courtesy, and their silence says nothing about payments. */
const disconnectedNodes = async (url: string, signal: AbortSignal): Promise<number | null> => {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(patience.health)]);
    const answer = await fetch(new URL('/metrics', url), { signal: limit });
    const found = gauge.exec(await answer.text())?.[1];
    return found === undefined ? null : Number(found);
  } catch {
    return null;
  }
};
