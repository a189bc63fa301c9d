// `start`: runs the gateway until a signal ends it, tells a person where it is, and opens the admin socket beside it.
import { mkdirSync } from 'node:fs';
import { relative } from 'node:path';
import type { Config } from '../config/types.ts';
import { serveAdmin } from '../platform/adminsocket.ts';
import { walletRows } from './answers.ts';
import { configOf } from './load.ts';
import type { AdminPort, Io, RunningGateway } from './ports.ts';
import { sandboxFile, writeSandbox } from './sandbox.ts';
import { type Call, configOptions, type Verb } from './verb.ts';

// Beyond the drain time itself: closing the database and the backends.
const closingSeconds = 15;

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

const explain = (error: unknown, { listen }: Config): Error => {
  const at = `${listen.host}:${listen.port}`;
  if (codeOf(error) === 'EADDRINUSE') return new Error(`${at} is taken by another program: end it, or choose another with --port`);
  if (codeOf(error) === 'EACCES' && listen.port < 1024) return new Error(`this user may not listen on ${at}: choose a port from 1024 on`);
  if (codeOf(error) === 'EADDRNOTAVAIL') return new Error(`this machine has no address ${listen.host}: correct listen.host`);
  return error instanceof Error ? error : new Error(String(error));
};

const welcome = async (
  gateway: RunningGateway,
  config: Config,
  { cwd, version }: { readonly cwd: string; readonly version: string },
): Promise<string> => {
  const wallets = walletRows.parse(await gateway.admin('wallets', {}));
  const base = config.listen.publicUrl ?? gateway.url;
  const lines: (readonly [string, string])[] = [
    ['GraphQL', gateway.sandbox?.endpoint ?? `${base}/graphql`],
    ...(config.graphql.graphiql ? [['GraphiQL', `${gateway.sandbox?.endpoint ?? `${base}/graphql`}  (in a browser)`] as const] : []),
    ...wallets.map((wallet) => ['Wallet', `${wallet.accountName}/${wallet.name}  ${wallet.id}`] as const),
  ];
  if (gateway.sandbox) lines.push(['API key', gateway.sandbox.apiKey]);
  const title = config.sandbox
    ? 'sandbox: a simulated Lightning network and play money'
    : `${config.network}, ${config.backends.map(({ id, kind }) => `${id} (${kind})`).join(', ')}`;
  const near = relative(cwd, sandboxFile(config.dataDir));
  const next = gateway.sandbox
    ? [
        `The same for scripts: ${near.startsWith('..') ? sandboxFile(config.dataDir) : near}`,
        'Open GraphiQL: its tabs create an invoice, watch it and let the simulated payer pay it.',
        'With your own node: docs/config.md, then "switchyard doctor". ctrl-c ends.',
      ]
    : ['A key for a client:  switchyard keys create --wallet <name> --scopes READ,WRITE', 'Is all well:         switchyard doctor'];
  return `\nSwitchyard ${version} · ${title}\n\n${lines.map(([name, value]) => `  ${name.padEnd(9)} ${value}`).join('\n')}\n\n${next.map((line) => `  ${line}`).join('\n')}\n\n`;
};

/** The gateway's answers, and what only the process itself knows. */
const adminOf =
  (gateway: RunningGateway, version: string, since: Date): AdminPort =>
  async (verb, args) => {
    const said = await gateway.admin(verb, args);
    if (verb !== 'status' || typeof said !== 'object') return said;
    return { version, url: gateway.url, pid: process.pid, since, ...said };
  };

/** Resolves with the exit code once everything is closed, or at once when told a second time. */
const untilStopped = (io: Io, drainSeconds: number, close: () => Promise<void>): Promise<number> =>
  new Promise((ended) => {
    let stopping = false;
    const off = io.onStop((signal) => {
      if (stopping) {
        io.err(`${signal} again: leaving at once\n`);
        off();
        return ended(1);
      }
      stopping = true;
      io.err(`${signal}: finishing what is under way, at most ${drainSeconds} s; once more ends at once\n`);
      const late = setTimeout(() => ended(1), (drainSeconds + closingSeconds) * 1000);
      const done = (code: number): void => {
        clearTimeout(late);
        off();
        ended(code);
      };
      close().then(
        () => done(0),
        (error: unknown) => {
          io.err(`while closing: ${error instanceof Error ? error.message : String(error)}\n`);
          done(1);
        },
      );
    });
  });

const begin = async ({ parts }: Call, config: Config): Promise<RunningGateway> => {
  const { startGateway } = await parts.gateway();
  return startGateway(config, { version: parts.version });
};

const run = async (call: Call): Promise<number> => {
  const { io, parts } = call;
  const config = await configOf(call);
  // Made here, so that it is closed to others from the beginning: keys, preimages and the admin socket live in it.
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  let isUp = (_admin: AdminPort): void => undefined;
  const up = new Promise<AdminPort>((resolve) => {
    isUp = resolve;
  });
  // Before the database is opened: a verb that is typed while the gateway starts waits for it, instead of meeting a database with another owner.
  const socket = await serveAdmin(config.dataDir, async (verb, args) => (await up)(verb, args));
  const gateway = await begin(call, config).catch(async (error: unknown) => {
    await socket.close();
    throw explain(error, config);
  });
  isUp(adminOf(gateway, parts.version, io.now()));
  if (gateway.sandbox) writeSandbox(config.dataDir, gateway.sandbox);
  // Listened to before anything is printed: whoever reads the address may already send the signal.
  const stopped = untilStopped(io, config.listen.drainSeconds, async () => {
    await gateway.close();
    await socket.close();
  });
  io.out(await welcome(gateway, config, { cwd: io.cwd, version: parts.version }));
  return stopped;
};

export const start: Verb = {
  name: 'start',
  summary: 'Run the gateway; without a configuration: a sandbox',
  operands: [],
  options: {
    port: { value: 'n', short: 'p', does: 'instead of listen.port; 0 takes any free one; default: 4000' },
    host: { value: 'address', does: 'instead of listen.host; default: 127.0.0.1' },
    ...configOptions,
  },
  examples: [
    ['start', 'the sandbox on http://127.0.0.1:4000/graphql, or what switchyard.yaml says'],
    ['start --config /etc/switchyard.yaml', 'with your own nodes'],
    ['start --port 4100 --data-dir /tmp/play', 'a second sandbox beside the first'],
  ],
  run,
};
