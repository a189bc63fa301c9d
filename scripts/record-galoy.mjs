// `npm run record-galoy`: asks a real Galoy server what our adapter asks, and writes down what goes over the wire, without secrets, for the
// contract tests to replay. Reads, and one invoice that is canceled again; money moves only when GALOY_PAY says so.
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse, print } from 'graphql';

const usage = `Environment:
  GALOY_ENDPOINT  https://api.example.com/graphql
  GALOY_API_KEY   a key with READ and WRITE
  GALOY_WALLET    the wallet's id; the first BTC wallet when absent
  GALOY_INVOICE   a payment request to probe (and to pay, with GALOY_PAY)
  GALOY_PAY       "yes" pays GALOY_INVOICE: this moves money
  GALOY_OUT       where the files go; test/contract/recordings/adapter when absent`;

const { GALOY_ENDPOINT: endpoint, GALOY_API_KEY: apiKey, GALOY_WALLET, GALOY_INVOICE, GALOY_PAY, GALOY_OUT } = process.env;
if (!endpoint || !apiKey) {
  process.stderr.write(`${usage}\n`);
  process.exit(2);
}
const out = GALOY_OUT ?? fileURLToPath(new URL('../test/contract/recordings/adapter/', import.meta.url));
mkdirSync(out, { recursive: true });
const date = new Date().toISOString().slice(0, 10);

const source = parse(readFileSync(new URL('../src/backends/galoy/operations.graphql', import.meta.url), 'utf8'));
const fragments = source.definitions.filter(({ kind }) => kind === 'FragmentDefinition');

/** One operation with the fragments that it uses. */
const documentOf = (name) => {
  const operation = source.definitions.find((one) => one.kind === 'OperationDefinition' && one.name?.value === name);
  if (!operation) throw new Error(`there is no operation ${name}`);
  const used = fragments.filter((one) => print(operation).includes(`...${one.name.value}`));
  return [operation, ...used].map(print).join('\n\n');
};

// Ids say whose account it is; the same id becomes the same other id, so that the files still fit together.
const uuids = new Map();
const scrubbed = (text) =>
  text
    .replaceAll(apiKey, '<key>')
    .replaceAll(new URL(endpoint).host, '<host>')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, (id) => {
      if (!uuids.has(id)) uuids.set(id, `00000000-0000-4000-8000-${String(uuids.size + 1).padStart(12, '0')}`);
      return uuids.get(id);
    });

const keptHeaders = ['content-type', 'retry-after', 'server'];

const record = async (name, { query, variables = {}, key = apiKey }) => {
  const response = await fetch(endpoint, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/json', 'x-api-key': key, 'x-idempotency-key': randomUUID() },
    body: JSON.stringify({ query, variables }),
  });
  const text = await response.text();
  const body = /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : null;
  const headers = Object.fromEntries(
    keptHeaders.map((header) => [header, response.headers.get(header)]).filter(([, value]) => value !== null),
  );
  const entry = {
    name,
    label: 'recorded',
    source: 'npm run record-galoy, a real endpoint',
    date,
    request: { query, variables },
    status: response.status,
    headers,
    response: body ?? text,
  };
  writeFileSync(`${out}/recorded--${date}--${name}.json`, `${scrubbed(JSON.stringify(entry, null, 2))}\n`);
  process.stdout.write(`${response.status} ${name}\n`);
  return body;
};

const ask = (operation, variables, name = operation) => record(name, { query: documentOf(operation), variables });

await record('wrong-key', { query: documentOf('GatewayAccount'), key: 'blink_not-a-key' });
await record('unknown-field', { query: 'query Unknown { globals { nosuchfield } }' });
const account = (await ask('GatewayAccount', {})).data?.me?.defaultAccount;
const walletId = GALOY_WALLET ?? account?.wallets.find(({ walletCurrency }) => walletCurrency === 'BTC')?.id;
if (!walletId) throw new Error('the key opens no account with a BTC wallet');
await ask('GatewayBalance', { walletId });
await ask('GatewayMovements', { walletId, first: 5, after: null });
const made = (await ask('GatewayInvoiceCreate', { input: { walletId, amount: 100, expiresIn: 5 } })).data?.made?.invoice;
if (made) {
  const { paymentHash } = made;
  await ask('GatewayInvoice', { walletId, paymentHash });
  await ask('GatewayMovementsOfHash', { walletId, paymentHash });
  await ask('GatewayInvoiceCancel', { input: { walletId, paymentHash } });
  await ask('GatewayInvoiceCancel', { input: { walletId, paymentHash } }, 'GatewayInvoiceCancel-again');
}
await ask('GatewayInvoice', { walletId, paymentHash: '00'.repeat(32) }, 'GatewayInvoice-unknown');
if (GALOY_INVOICE) {
  const input = { walletId, paymentRequest: GALOY_INVOICE };
  await ask('GatewayProbe', { input });
  if (GALOY_PAY === 'yes') {
    await ask('GatewayPay', { input });
    await ask('GatewayPay', { input }, 'GatewayPay-again');
  }
}
