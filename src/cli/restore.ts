// `restore …`: after a backup was put back. What the backends remember that the database does not, and what a person says of each.
import { z } from 'zod';
import { walletRows } from './answers.ts';
import { findWallet } from './find-wallet.ts';
import { withAdmin } from './load.ts';
import { day, json, table } from './print.ts';
import { type Call, configOptions, jsonOption, UsageError, type Verb } from './verb.ts';

const time = z.union([z.string(), z.date()]).transform((at) => new Date(at));
const answer = z.object({
  restore: z.looseObject({ why: z.string(), at: time, since: time, asked: z.array(z.string()) }).nullable(),
  backends: z.array(z.string()),
  hashes: z.array(
    z.looseObject({
      ...{ paymentHash: z.string(), about: z.string(), state: z.string(), isHold: z.boolean(), backendId: z.string() },
      ...{ amountMsat: z.union([z.bigint(), z.string()]).nullable(), begunAt: time, resolution: z.string().nullable() },
    }),
  ),
});

const sats = (msat: bigint | string | null): string => (msat === null ? '-' : String(BigInt(msat) / 1000n));

const show = (call: Call): Promise<number> =>
  withAdmin(call, async (admin) => {
    const said = answer.parse(await admin('restore', { all: call.on.has('all') }));
    const { restore, backends, hashes } = said;
    if (call.on.has('json')) call.io.out(json(said));
    else {
      const silent = backends.filter((id) => restore?.asked.includes(id) === false);
      if (restore) {
        call.io.out(`noticed ${day(restore.at)} UTC: ${restore.why}; nothing is sent until this is over\n`);
        call.io.out(
          `the backends are asked what they know since ${day(restore.since)} UTC; a backup that is older: restore begin --since\n`,
        );
        if (silent.length > 0) call.io.out(`not asked yet: ${silent.join(', ')}\n`);
      }
      const rows = hashes.map((row) => [
        row.paymentHash,
        row.isHold ? 'hold' : row.about,
        row.state,
        sats(row.amountMsat),
        row.backendId,
        day(row.begunAt),
        row.resolution ?? 'open',
      ]);
      const heads = ['PAYMENT HASH OR TXID', 'WHAT', 'STATE', 'SAT', 'BACKEND', 'BEGUN (UTC)', 'HERE'];
      call.io.out(table(heads, rows, restore ? 'Nothing waits for you.' : 'No restore is open.'));
    }
    return restore === null ? 0 : 1;
  });

export const restoreShow: Verb = {
  name: 'restore',
  summary: 'List what the backends remember and a restored database does not; exit code 1 while it is open',
  operands: [],
  options: { all: { does: 'what is decided too' }, ...configOptions, ...jsonOption },
  examples: [['restore', 'which payments and invoices wait for your word']],
  run: show,
};

const moment = z.union([z.iso.date(), z.iso.datetime({ local: true, offset: true })]);

/** Without a zone it is UTC, as everything that is printed. */
const sinceOf = (text: string | undefined, now: Date): Date | null => {
  if (text === undefined) return null;
  if (!moment.safeParse(text).success)
    throw new UsageError(`--since holds "${text}"; expected a day or a moment in UTC, such as 2026-11-23 or 2026-11-23T04:30:00Z`);
  const at = new Date(/^[\d-]+$|Z$|[+-]\d\d:\d\d$/.test(text) ? text : `${text}Z`);
  if (at > now) throw new UsageError(`--since holds "${text}", which lies in the future; it is now ${now.toISOString()}`);
  return at;
};

export const restoreBegin: Verb = {
  name: 'restore begin',
  summary: 'Say that a backup was put back, where the gateway could not notice; or that it is older than the gateway believes',
  operands: ['why'],
  options: {
    since: {
      value: 'time',
      does: 'when the backup was made, UTC: 2026-11-23 or 2026-11-23T04:30:00Z; default: an hour before the newest change that was there when the gateway started',
    },
    ...configOptions,
  },
  examples: [
    ['restore begin "disk image of Monday" --since 2026-11-23', 'sends wait until the backends were asked what happened since'],
    ['restore begin "it was of Sunday" --since 2026-11-22', 'while one is open: further back, and all are asked again'],
  ],
  run: (call) => {
    const since = sinceOf(call.text.since, call.io.now())?.toISOString() ?? null;
    return withAdmin(call, async (admin) => {
      const said = z.object({ since: time }).parse(await admin('restore.begin', { why: call.operands[0] ?? '', since }));
      call.io.out(
        `nothing is sent until what the backends know since ${said.since.toISOString()} is reconciled; look with "switchyard restore"\n`,
      );
      if (since === null) call.io.out('A backup that is older than that: say so now, with --since.\n');
      return 0;
    });
  },
};

const told = (call: Call, said: unknown): number => {
  const { resolved } = z.object({ resolved: z.number() }).parse(said);
  if (resolved === 0) throw new UsageError(`nothing waits under "${call.operands[0]}"`);
  call.io.out(`${resolved} decided\n`);
  return 0;
};

export const restoreBook: Verb = {
  name: 'restore book',
  summary: "Take a payment, a receipt, a hold or a send on the chain into a wallet's books",
  operands: ['payment hash or txid'],
  options: {
    wallet: { value: 'name or id', short: 'w', does: 'whose it is' },
    request: { value: 'bolt11', does: 'its payment request, where the backend does not keep it (Galoy, lnmux)' },
    amount: { value: 'sats', does: 'what was sent, where neither the backend nor the request says' },
    ...configOptions,
  },
  examples: [
    ['restore book 6b1c… --wallet atm-1', 'charged or credited as if it had never been forgotten'],
    ['restore book 6b1c… --wallet atm-1 --request lnbc1…', 'where the backend remembers the hash and not the request'],
  ],
  run: (call) =>
    withAdmin(call, async (admin) => {
      if (call.text.wallet === undefined) throw new UsageError('--wallet is missing: whose is it?');
      const wallet = findWallet(call.text.wallet, walletRows.parse(await admin('wallets', {})));
      const { request = null, amount = null } = call.text;
      if (amount !== null && !/^[1-9]\d{0,14}$/.test(amount)) throw new UsageError(`--amount holds "${amount}"; expected whole satoshis`);
      const asked = { hash: (call.operands[0] ?? '').toLowerCase(), walletId: wallet.id, request, amountSats: amount };
      return told(call, await admin('restore.book', asked));
    }),
};

export const restoreDismiss: Verb = {
  name: 'restore dismiss',
  summary: "Leave the books as they are: it was another program's",
  operands: ['payment hash, txid or all'],
  options: configOptions,
  examples: [
    ['restore dismiss 6b1c…', 'one that was paid by hand at the node'],
    ['restore dismiss all', 'everything that still waits'],
  ],
  run: (call) =>
    withAdmin(call, async (admin) => told(call, await admin('restore.dismiss', { hash: (call.operands[0] ?? '').toLowerCase() }))),
};
