// btcd: its arguments and its JSON-RPC. It deletes a regtest chain at every start, so a network lives exactly as long as its btcd.
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';

/** How to reach a running btcd; plain data, so that another process can be told. */
export interface BtcdAccess {
  readonly rpcPort: number;
  readonly p2pPort: number;
  readonly user: string;
  readonly password: string;
  readonly certPath: string;
}

/** Where blocks pay to before there is a wallet: a hash of zeros, that nobody can spend. */
export const NOBODY = 'mfWxJ45yp2SFn7UciZyNpvDKrzbhyfKrY8';

export function btcdAccess(home: string, [rpcPort, p2pPort]: readonly [number, number]): BtcdAccess {
  return { rpcPort, p2pPort, user: 'switchyard', password: 'regtest', certPath: join(home, 'rpc.cert') };
}

/** Blocks pay to `miner`; btcd takes that address only at its start. */
export function btcdArguments(home: string, access: BtcdAccess, miner: string): readonly string[] {
  return [
    ...['--regtest', '--txindex', '--nodnsseed', '--rejectnonstd', '--nobanning', '--nostalldetect', '--trickleinterval=100ms'],
    ...[`--datadir=${join(home, 'data')}`, `--logdir=${join(home, 'logs')}`, `--miningaddr=${miner}`],
    ...[`--listen=127.0.0.1:${access.p2pPort}`, `--rpclisten=127.0.0.1:${access.rpcPort}`],
    ...[`--rpcuser=${access.user}`, `--rpcpass=${access.password}`],
    ...[`--rpccert=${access.certPath}`, `--rpckey=${join(home, 'rpc.key')}`],
    // Every lnd holds four websockets; the default of 25 would end the seventh.
    ...['--rpcmaxwebsockets=100', '--rpcmaxclients=100'],
  ];
}

/**
 * One JSON-RPC call to btcd.
 * @throws Error with btcd's own words, or the connection's
 */
export function callBtcd(access: BtcdAccess, method: string, params: readonly unknown[] = []): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: '1.0', id: 1, method, params });
  return new Promise((answer, refuse) => {
    const options = {
      ...{ host: 'localhost', port: access.rpcPort, method: 'POST', timeout: 60_000 },
      ...{ ca: readFileSync(access.certPath), auth: `${access.user}:${access.password}` },
      headers: { 'content-length': Buffer.byteLength(body) },
    };
    const call = request(options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.on('error', refuse);
      response.on('end', () => {
        try {
          const { result, error }: { result: unknown; error: { message: string } | null } = JSON.parse(text);
          if (error) refuse(new Error(`btcd ${method}: ${error.message}`));
          else answer(result);
        } catch {
          refuse(new Error(`btcd ${method}: HTTP ${response.statusCode} ${text}`));
        }
      });
    });
    call.on('timeout', () => call.destroy(new Error(`btcd ${method}: no answer`)));
    call.on('error', refuse);
    call.end(body);
  });
}
