// The composition root: the only file that knows every concrete thing. It opens the core, mounts the doors and starts the workers.

import type { AdminPort, RunningGateway, Sandbox } from './cli/ports.ts';
import { readSandbox } from './cli/sandbox.ts';
import type { Config } from './config/types.ts';
import { createGraphqlDoor } from './doors/graphql/door.ts';
import { schema } from './doors/graphql/schema.ts';
import { createLnurlDoor } from './doors/lnurl/door.ts';
import { createWebhooksDoor, type WebhooksDoor } from './doors/webhooks/door.ts';
import { adminPort } from './main/admin.ts';
import { type Opened, openCore, simulatedAddress, simulatedPayee } from './main/open.ts';
import { systemClock } from './platform/clock.ts';
import { createHttpServer, type HttpServer } from './platform/http.ts';
import { createLog } from './platform/log.ts';

/** The core alone, without doors and workers, for a command line beside which no gateway runs. */
export const openAdmin = async (config: Config): Promise<{ readonly admin: AdminPort; close(): Promise<void> }> => {
  // On standard error: what a verb prints on standard output may be read by a script.
  const log = createLog({ level: 'error', pretty: true, write: (line) => void process.stderr.write(line) });
  const opened = await openCore(config, { version: 'cli', log });
  return { admin: adminPort(opened), close: opened.close };
};

/** Resolves when it listens. A backend that is down does not keep it from starting; a taken port or a broken database does. */
export const startGateway = async (config: Config, options: { readonly version: string }): Promise<RunningGateway> => {
  const opened = await openCore(config, options);
  try {
    return await serve(config, opened);
  } catch (error) {
    await opened.close();
    throw error;
  }
};

/** Doors and workers over an opened core. Whoever opened it closes it when this rejects; afterwards the answer's `close` does. */
export const serve = async (config: Config, opened: Opened): Promise<RunningGateway> => {
  const { core, log, metrics } = opened;
  const { host, port, tls, drainSeconds } = config.listen;
  const http = createHttpServer(
    { log, ready: () => readiness(opened), metrics: async () => ({ type: metrics.contentType, text: await metrics.render() }) },
    { host, port, tls },
  );
  const key = config.sandbox ? await sandboxKey(config, opened) : null;
  http.mount(graphqlDoor(config, opened, key));
  http.mount(lnurlDoor(config, opened));
  // Before anybody may ask to send.
  await core.restore.notice();
  const { url } = await http.listen();
  core.start();
  const webhooks = createWebhooksDoor({ deps: core.deps, metrics });
  webhooks.start();
  const sandbox: Sandbox | null = key && { ...key, endpoint: `${config.listen.publicUrl ?? url}/graphql` };
  log.info({ url, network: config.network, backends: config.backends.map((one) => one.id) }, 'the gateway listens');
  return { url, sandbox, admin: adminPort(opened), close: () => shutDown(opened, { http, webhooks }, drainSeconds) };
};

interface Doors {
  readonly http: HttpServer;
  readonly webhooks: WebhooksDoor;
}

const shutDown = async (opened: Opened, { http, webhooks }: Doors, drainSeconds: number): Promise<void> => {
  await http.close(drainSeconds * 1000);
  // A send whose client has gone is still between its insert and its answer: what is begun is written down, as far as the time allows.
  await Promise.race([opened.core.atRest(), systemClock.sleep(drainSeconds * 1000)]);
  // Calls have ten seconds at most, and one that is not noted is made again.
  await webhooks.close();
  await opened.close();
};

const lnurlDoor = ({ listen, lightningAddressDomain: domain }: Config, { core, log }: Opened) => {
  const { publicUrl, trustProxy } = listen;
  return createLnurlDoor({ ask: core.ask, reads: core.reads, log, domain, publicUrl, trustProxy, isTls: listen.tls !== null });
};

const graphqlDoor = (config: Config, { core, log, metrics }: Opened, key: Omit<Sandbox, 'endpoint'> | null) =>
  createGraphqlDoor(
    { ask: core.ask, reads: core.reads, schema, log, metrics: metrics.registry, now: systemClock.now },
    {
      ...config.graphql,
      trustProxy: config.listen.trustProxy,
      publicUrl: config.listen.publicUrl,
      sandbox: key && { ...key, payeeInvoice: simulatedPayee(config), payeeAddress: simulatedAddress(config) },
    },
  );

/** The sandbox's own key: the one of an earlier start as long as it works, else a new one. */
const sandboxKey = async (config: Config, { core }: Opened): Promise<Omit<Sandbox, 'endpoint'>> => {
  const [wallet] = await core.wallets.allWallets();
  if (!wallet) throw new Error('the sandbox has no wallet');
  const kept = readSandbox(config.dataDir);
  if (kept && kept.walletId === wallet.id && (await core.wallets.authenticate(kept.apiKey)))
    return { apiKey: kept.apiKey, walletId: kept.walletId };
  const scopes = ['READ', 'RECEIVE', 'WRITE', 'ADMIN'] as const;
  const { key } = await core.wallets.createKey({
    accountId: wallet.accountId,
    walletId: null,
    name: 'sandbox',
    scopes,
    expiresAt: null,
    waitSeconds: null,
  });
  return { apiKey: key, walletId: wallet.id };
};

const readiness = async ({ core, db }: Opened): Promise<{ readonly ready: boolean; readonly detail: unknown }> => {
  await db.pool.query('SELECT 1');
  const backends = core.registry.configured.map((one) => ({ id: one.backend.id, known: one.identity() !== null, refused: one.refusal() }));
  // One backend that is down is no reason to send clients away: the others serve, and its own wallets say so.
  return { ready: backends.some((one) => one.known && one.refused === null), detail: { backends } };
};
