// `npm run lnmux`: the lnmux of ours for a person: prints where it listens and what happens; every line on its standard input is a request to pay.
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { bolt11Text } from '../../src/lightning/values.ts';
import { createCluster } from './cluster.ts';
import { startLnmuxServer } from './server.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '19090' },
      nodes: { type: 'string', default: '2' },
      held: { type: 'string', default: '60' },
    },
  });
  const cluster = createCluster({ nodes: Number(values.nodes) });
  const server = await startLnmuxServer({ cluster, port: Number(values.port), acceptMs: Number(values.held) * 1_000, say });
  say(`lnmux listens at ${server.socket} (gRPC, no TLS), metrics at ${server.instrumentation}/metrics`);
  say(
    `its key is ${cluster.key}; its nodes are ${cluster.nodes.map(({ name }) => name).join(' and ')}; a held set is given back after ${values.held} s`,
  );
  say('paste a payment request and press enter: "alice" pays it. ctrl-c ends.');
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    const request = line.trim();
    if (request === '') return;
    cluster.pay(bolt11Text(request)).then(
      (outcome) => say(outcome.is === 'failed' ? `not paid: ${outcome.reason}` : `payment: ${outcome.is}`),
      (error: unknown) => say(`not paid: ${String(error)}`),
    );
  });
  const end = async (): Promise<void> => {
    lines.close();
    await server.close();
    say('ended');
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end());
};

await main();
