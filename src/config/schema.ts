// Every key that the file may hold: its form, its default, and one sentence for people. docs/config.md and the error texts come from here.
import { z } from 'zod';
import { flag, httpUrl, key, postgresUrl, seconds, text, whole } from './fields.ts';
import { account } from './schema-accounts.ts';
import { holds } from './schema-holds.ts';
import { limits } from './schema-limits.ts';
import { onChain } from './schema-onchain.ts';
import { outbound } from './schema-outbound.ts';
import { price } from './schema-price.ts';

const listen = z.strictObject({
  host: key(
    text().default('127.0.0.1'),
    'an IP address or a host name',
    'Where to listen. Anything but loopback needs `tls`, `trustProxy` or `insecure`.',
  ),
  port: key(whole(0, 65_535).default(4000), 'a whole number from 0 to 65535', 'Port for HTTP and WebSocket alike; 0 takes any free one.'),
  tls: key(
    z
      .strictObject({
        cert: key(text(), 'the path of a PEM file', 'Certificate chain. Read again when the file changes.'),
        key: key(text(), 'the path of a PEM file', 'Private key of the certificate. Read again when the file changes.'),
      })
      .optional(),
    'cert and key',
    'Serve HTTPS ourselves.',
    'plain HTTP',
  ),
  trustProxy: key(
    flag().default(false),
    'true or false',
    'A proxy in front speaks TLS; its `X-Forwarded-For` and `X-Forwarded-Proto` are believed. Only true when nobody can go around it.',
  ),
  insecure: key(
    flag().default(false),
    'true or false',
    'Serve plain HTTP on a public address all the same. API keys are then readable on the wire.',
  ),
  publicUrl: key(
    httpUrl().optional(),
    'a URL that begins with http:// or https://, without query',
    'The address that clients use, printed at start and put into links.',
    'what we listen on',
  ),
  drainSeconds: key(
    seconds(0, 600).default(50),
    'seconds, or text such as 50s, 1m; at most 600',
    'How long requests under way may still take after SIGTERM.',
  ),
});

const database = z.strictObject({
  url: key(
    postgresUrl().optional(),
    'postgresql://user:password@host:port/name',
    'A PostgreSQL server, version 15 or newer. Not together with `dir`.',
    'the embedded database',
  ),
  dir: key(text().optional(), 'the path of a folder', 'Where the embedded database lives. Not together with `url`.', '`dataDir`'),
  poolSize: key(
    whole(2, 200).default(10),
    'a whole number from 2 to 200',
    'Connections to the PostgreSQL server. The embedded database has one.',
  ),
  durable: key(
    flag().optional(),
    'true or false',
    'Embedded database: its log is on the disk before an answer leaves. False is refused with a real backend.',
    'true with a real backend, else false',
  ),
});

const graphqlLimits = z.strictObject({
  depth: key(whole(5, 1000).default(20), 'a whole number from 5 to 1000', 'Deepest nesting of a query.'),
  cost: key(
    whole(100, 10_000_000).default(500_000),
    'a whole number from 100 to 10000000',
    'Highest cost of a query: its fields, weighted by depth.',
  ),
  aliases: key(whole(1, 10_000).default(60), 'a whole number from 1 to 10000', 'Most aliases in a query.'),
  directives: key(whole(1, 10_000).default(50), 'a whole number from 1 to 10000', 'Most directives in a query.'),
  tokens: key(whole(100, 100_000).default(4000), 'a whole number from 100 to 100000', 'Most words and signs in a query.'),
  bodyBytes: key(
    whole(10_000, 100_000_000).default(262_144),
    'a whole number from 10000 to 100000000',
    'Largest body of a request, in bytes.',
  ),
});

const graphql = z.strictObject({
  graphiql: key(flag().default(true), 'true or false', 'Serve the playground to browsers on `/graphql`.'),
  introspection: key(flag().default(true), 'true or false', 'Answer questions about the schema.'),
  cors: key(
    z.union([z.literal(false), z.literal('*'), z.array(z.string().regex(/^https?:\/\/[^\s/]+$/)).min(1)]).default(false),
    "false, '*' or a list of origins such as https://shop.example",
    'Which web pages of other origins may ask.',
  ),
  limits: key(graphqlLimits.prefault({}), 'keys and values', 'What one request may ask for.'),
  maxSubscriptions: key(whole(1, 1_000_000).default(5000), 'a whole number from 1 to 1000000', 'Open subscriptions of the whole process.'),
  maxSubscriptionsPerConnection: key(
    whole(1, 10_000).default(100),
    'a whole number from 1 to 10000',
    'Open subscriptions of one connection.',
  ),
});

const backend = z.looseObject({
  kind: key(text(), 'a kind of backend', 'Which adapter connects it; the other keys are settings of that kind (docs/backends.md).'),
});

export const networks = ['mainnet', 'testnet', 'signet', 'regtest'] as const;

/** The file as a whole, before the rules that span several keys. */
export const schema = z.strictObject({
  network: key(
    z.enum(networks).optional(),
    'mainnet, testnet, signet or regtest',
    'The chain that every backend must be on.',
    'regtest in the sandbox; required with a real backend',
  ),
  dataDir: key(
    text().optional(),
    'the path of a folder',
    'Where the embedded database, the admin socket and `sandbox.json` live.',
    './data',
  ),
  listen: key(listen.prefault({}), 'keys and values', 'Where and how clients reach the gateway.'),
  database: key(database.prefault({}), 'keys and values', 'Where everything is stored.'),
  log: key(
    z
      .strictObject({
        level: key(
          z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
          'debug, info, warn, error or silent',
          'What is worth a line.',
        ),
        pretty: key(flag().optional(), 'true or false', 'Lines for people instead of JSON.', 'true on a terminal'),
      })
      .prefault({}),
    'keys and values',
    'What is logged.',
  ),
  backends: key(
    z.record(z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/), backend).optional(),
    'names (1 to 40 of a-z, 0-9 and -), each with its kind and settings',
    'The Lightning nodes and services behind the gateway.',
    'a simulated Lightning network, the sandbox',
  ),
  accounts: key(
    z.array(account).min(1).optional(),
    'a list of at least one account',
    'Accounts and wallets that are created at the first start.',
    'account and wallet `main` on the only backend',
  ),
  payments: key(
    z
      .strictObject({
        waitSeconds: key(
          seconds(0, 300).default(45),
          'seconds, or text such as 45s; at most 300',
          'How long a send waits for its end before it is answered as PENDING. A key may have its own.',
        ),
        feeLimitPpm: key(
          whole(0, 1_000_000).optional(),
          'a whole number from 0 to 1000000',
          'For wallets that name none when they are created.',
          "Galoy's reserve",
        ),
      })
      .prefault({}),
    'keys and values',
    'How payments are made.',
  ),
  invoices: key(
    z
      .strictObject({
        defaultExpiry: key(
          seconds(60, 86_400).optional(),
          'seconds, or text such as 90s, 10m, 4h; from 60 seconds to 24 hours',
          'For wallets that name none when they are created.',
          '4h with an amount, 2h without',
        ),
      })
      .prefault({}),
    'keys and values',
    'How invoices are made.',
  ),
  holds: key(holds.prefault({}), 'keys and values', 'Hold invoices: how much, how long, and where the keys of guarded preimages are.'),
  onChain: key(onChain.prefault({}), 'keys and values', 'Money on the chain: when a deposit counts, and what is sent how fast.'),
  outbound: key(
    outbound.prefault({}),
    'keys and values',
    'How addresses that others name are asked: LNURLs, Lightning addresses, callbacks.',
  ),
  graphql: key(graphql.prefault({}), 'keys and values', 'The GraphQL door.'),
  price: key(
    price.optional(),
    '`perBtc`, `galoy` or `ticker`',
    'What a bitcoin is worth: shown beside satoshis. Nothing that is paid in satoshis needs it.',
    'those fields answer zero',
  ),
  lightningAddressDomain: key(
    z
      .string()
      .regex(/^[a-z0-9.-]+(:\d+)?$/i)
      .optional(),
    'a host name',
    'What stands behind the @ of a lightning address.',
    'the host of `listen.publicUrl`, else localhost',
  ),
  limits: key(
    limits.prefault({}),
    'keys and values',
    'How often somebody may make invoices and addresses. Replicas on one PostgreSQL count together.',
  ),
  exclusive: key(
    flag().default(false),
    'true or false',
    'No other program uses these nodes: a hold that the gateway does not know is told and canceled. Never one that is older than the database, or than a restore of it.',
  ),
});

export type RawConfig = z.output<typeof schema>;
