// A door of TCP between a gateway and its node, that a test may shut: what the node says waits outside, or every connection breaks.
import { connect, createServer, type Socket } from 'node:net';

export interface Gate {
  readonly port: number;
  /** From now on nothing that the node says comes through; what the gateway says still does. */
  readonly hold: () => void;
  /** Lets everything through again, what has waited first. */
  readonly release: () => void;
  /** Breaks every open connection; new ones are let in. */
  readonly cut: () => void;
  readonly close: () => void;
}

export const openGate = async (target: { readonly host: string; readonly port: number }): Promise<Gate> => {
  const nodes = new Set<Socket>();
  let held = false;
  const server = createServer((client) => {
    const node = connect(target);
    nodes.add(node);
    const end = () => {
      nodes.delete(node);
      node.destroy();
      client.destroy();
    };
    for (const socket of [client, node]) socket.setNoDelay(true).on('error', end).on('close', end);
    client.pipe(node);
    node.on('data', (data) => {
      if (!client.write(data)) node.pause();
    });
    client.on('drain', () => held || node.resume());
    if (held) node.pause();
  });
  await new Promise<void>((listening, failed) => server.once('error', failed).listen(0, '127.0.0.1', listening));
  const place = server.address();
  if (place === null || typeof place === 'string') throw new Error('no port for the gate');
  const all = (does: (node: Socket) => void) => {
    for (const node of nodes) does(node);
  };
  return {
    port: place.port,
    hold: () => {
      held = true;
      all((node) => node.pause());
    },
    release: () => {
      held = false;
      all((node) => node.resume());
    },
    cut: () => all((node) => node.destroy()),
    close: () => {
      server.close();
      all((node) => node.destroy());
    },
  };
};
