// Prints docs/config.md from the schema, so that the page and the program cannot say different things.
import { z } from 'zod';
import { unwrap } from './issues.ts';
import { schema } from './schema.ts';

interface Row {
  readonly path: string;
  readonly holds: string;
  readonly byDefault: string;
  readonly does: string;
}

const meta = (node: z.core.$ZodType, name: string): string => {
  const found: unknown = z.globalRegistry.get(node)?.[name];
  return typeof found === 'string' ? found : '';
};

const defaultOf = (node: z.core.$ZodType): string => {
  const said = meta(node, 'byDefault');
  if (said !== '') return said;
  if (!(node instanceof z.ZodDefault)) return node instanceof z.ZodPrefault ? '' : '**required**';
  const value: unknown = node.def.defaultValue;
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
};

const below = (node: z.core.$ZodType, path: string): readonly Row[] => {
  const core = unwrap(node);
  if (core instanceof z.ZodObject)
    return Object.entries(core.def.shape).flatMap(([name, child]) => rows(child, path === '' ? name : `${path}.${name}`));
  if (core instanceof z.ZodRecord) return below(core.def.valueType, `${path}.<name>`);
  if (core instanceof z.ZodArray) return below(core.def.element, `${path}[]`);
  return [];
};

const rows = (node: z.core.$ZodType, path: string): readonly Row[] => {
  const row = { path, holds: meta(node, 'expects'), byDefault: defaultOf(node), does: meta(node, 'description') };
  if (row.does === '') throw new Error(`the key ${path} of the configuration is not described`);
  return [row, ...below(node, path)];
};

const cell = (text: string): string => text.replaceAll('|', '\\|');

/** Every key, in the order of the schema. */
export const configRows = (): readonly Row[] => below(schema, '');

const intro = `# Configuration

<!-- Printed from src/config/schema.ts by \`npm run generate\`. -->

One YAML file: \`switchyard.yaml\` in the folder where the gateway is started, or the one named with \`--config\`. No file at all is the
sandbox: an embedded database under \`./data\`, a simulated Lightning network, one account, one wallet and one API key.

- **Flags** stand above the file: \`--port\`, \`--host\`, \`--data-dir\`.
- **Secrets** need not be in the file. \`{ file: path }\` stands for the content of a file (without the line break at its end; bytes become hex),
  \`\${NAME}\` inside a text for an environment variable, \`$\${\` for a literal \`\${\`. Inside \`{ }\` and \`[ ]\`, YAML wants the quotes: \`"\${NAME}"\`.
- **Paths** are relative to the folder of the file; \`~/\` is the home of the user.
- **Times** are seconds, or text: \`45s\`, \`10m\`, \`4h\`, \`30d\`.
- What is wrong is told all at once, before anything starts: the key, its line, what it holds (never a secret), what was expected. The exit
  code is 2. \`switchyard doctor\` looks at what stands behind the configuration too: database, nodes, clock, rights.
- Accounts and wallets are made at the first start; from then on the database owns them. \`switchyard wallets list\` shows their ids.

## An example

\`\`\`yaml
network: mainnet
listen:
  host: 0.0.0.0
  tls: { cert: /etc/switchyard/tls.crt, key: /etc/switchyard/tls.key }
  publicUrl: https://pay.example.com
database:
  url: "postgresql://switchyard:\${DB_PASSWORD}@db.internal:5432/switchyard"
backends:
  node-1:
    kind: lnd
    socket: node1.internal:10009
    cert: ./node1/tls.cert
    macaroon: ./node1/gateway.macaroon
  node-2:
    kind: lnd
    uri: { file: ./node2.lndconnect }        # lndconnect://host:port?cert=…&macaroon=…
accounts:
  - name: station
    wallets:
      - { name: atm-1, receive: [node-1, node-2], pay: [node-1] }
      - { name: atm-2, backend: node-2, defaultExpiry: 10m, feeLimitPpm: 5000 }
price: { currency: EUR, ticker: { url: https://ticker.example.com/prices } }
\`\`\`

## Every key

\`[]\` is an item of a list, \`<name>\` a name of yours. A key that is not here is refused.

| key | holds | by default | what it does |
|---|---|---|---|
`;

const rules = `
## Rules that span several keys

- A real backend needs \`network\`; every backend must be on it, and must be the node that it was at its first connection.
- A simulated backend is never served on mainnet.
- A \`listen.host\` that others can reach needs \`listen.tls\`, \`listen.trustProxy: true\` or \`listen.insecure: true\`.
- \`database.url\` and \`database.dir\` exclude each other; \`database.durable: false\` is refused beside a real backend.
- A wallet has either \`backend\`, or \`receive\` and \`pay\` (one of the two may be missing); every name must be under \`backends\`.
- A wallet holds what its backends hold. Where that is dollars (\`currency: USD\` of a \`galoy\` backend) it has one backend and \`balance: node\`.
- \`price\` has one of \`perBtc\`, \`galoy\` and \`ticker\`, and a rate for \`price.currency\` where rates are stated.
- Names of accounts, usernames, and names of wallets within an account are there once.
`;

/** The whole page. */
export const configPage = (): string =>
  `${intro}${configRows()
    .map(({ path, holds, byDefault, does }) => `| \`${path}\` | ${cell(holds)} | ${cell(byDefault)} | ${cell(does)} |\n`)
    .join('')}${rules}`;
