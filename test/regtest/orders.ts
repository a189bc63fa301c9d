// What a person may type while `npm run regtest` runs.
import { createInvoice, pay } from 'ln-service';
import { isNodeName } from './lnd.ts';
import type { OwnNetwork } from './network.ts';

export const ORDERS = `  pay <node> <bolt11> [<sat>]   the node pays (the amount for an invoice without one)
  invoice <node> <sat>          an invoice of the node
  mine <blocks>                 mine blocks
  stop|start|kill <node>        end a node, start it again`;

const MAX_FEE_MSAT = '1000000';

type Order = (network: OwnNetwork, words: readonly string[]) => Promise<string>;

function nodeOf(network: OwnNetwork, name: string | undefined) {
  const node = Object.values(network.nodes).find((one) => one.name === name);
  if (!node) throw new Error(`there is no node ${name ?? ''}: a, b, c, d or e`);
  return node;
}

function nameOf(text: string | undefined) {
  if (text === undefined || !isNodeName(text)) throw new Error(`there is no node ${text ?? ''}`);
  return text;
}

const orders = new Map<string, Order>([
  [
    'pay',
    async (network, [name, request = '', sat]) => {
      const { lnd } = nodeOf(network, name);
      const paid = await pay({ lnd, request, max_fee_mtokens: MAX_FEE_MSAT, max_paths: 16, ...(sat ? { mtokens: `${sat}000` } : {}) });
      return `paid, fee ${paid.fee_mtokens} msat, preimage ${paid.secret}`;
    },
  ],
  ['invoice', async (network, [name, sat]) => (await createInvoice({ lnd: nodeOf(network, name).lnd, tokens: Number(sat ?? 0) })).request],
  ['mine', async (network, [blocks]) => network.mine(Number(blocks ?? 1)).then(() => 'mined')],
  ['stop', async (network, [name]) => network.stopNode(nameOf(name)).then(() => 'stopped')],
  ['start', async (network, [name]) => network.startNode(nameOf(name)).then(() => 'started')],
  ['kill', async (network, [name]) => network.killNode(nameOf(name)).then(() => 'killed')],
]);

/** Does what the line says and answers what to print. */
export async function obeyOrder(network: OwnNetwork, line: string): Promise<string> {
  const [verb = '', ...words] = line.trim().split(/\s+/);
  const order = orders.get(verb);
  if (order) return order(network, words);
  return verb === '' ? '' : ORDERS;
}
