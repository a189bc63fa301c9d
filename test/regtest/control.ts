// Starting and ending nodes from another process than the one that owns them: a few words over HTTP on loopback, with a password.
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { NodeControl } from './crew.ts';
import { handleNetwork, type Network, type NetworkDescription } from './handle.ts';
import { isNodeName } from './lnd.ts';

type Address = NetworkDescription['control'];

async function obey(control: NodeControl, path: string): Promise<unknown> {
  const [, verb, name = ''] = path.split('/');
  if (verb === 'running') return control.running();
  if (!isNodeName(name)) throw new Error(`there is no node ${name}`);
  if (verb === 'start') return control.start(name);
  if (verb === 'stop') return control.stop(name);
  if (verb === 'kill') return control.kill(name);
  throw new Error(`there is no order ${verb}`);
}

/** Takes orders until it is closed. */
export async function serveControl(control: NodeControl): Promise<{ readonly address: Address; readonly close: () => void }> {
  const token = randomBytes(24).toString('hex');
  const wanted = Buffer.from(`Bearer ${token}`);
  const isAllowed = (request: IncomingMessage) => {
    const given = Buffer.from(request.headers.authorization ?? '');
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  };
  const server = createServer(async (request, response) => {
    if (!isAllowed(request)) return response.writeHead(401).end();
    try {
      response.end(JSON.stringify((await obey(control, request.url ?? '')) ?? null));
    } catch (fault) {
      response.writeHead(500).end(fault instanceof Error ? fault.message : String(fault));
    }
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const place = server.address();
  if (place === null || typeof place === 'string') throw new Error('no port for the control of the network');
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { address: { port: place.port, token }, close };
}

function remoteControl({ port, token }: Address): NodeControl {
  const order = async (path: string) => {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', headers, signal: AbortSignal.timeout(120_000) });
    const text = await response.text();
    if (!response.ok) throw new Error(`the network's owner: HTTP ${response.status} ${text}`);
    return JSON.parse(text);
  };
  return {
    start: (name) => order(`/start/${name}`),
    stop: (name) => order(`/stop/${name}`),
    kill: (name) => order(`/kill/${name}`),
    running: () => order('/running'),
  };
}

/** The network that this file describes, or undefined when there is none: no file, or its owner answers no more. */
export async function findNetwork(descriptionPath: string): Promise<Network | undefined> {
  if (!existsSync(descriptionPath)) return undefined;
  const description: NetworkDescription = JSON.parse(readFileSync(descriptionPath, 'utf8'));
  const control = remoteControl(description.control);
  try {
    await control.running();
  } catch {
    return undefined;
  }
  return handleNetwork(description, control);
}
