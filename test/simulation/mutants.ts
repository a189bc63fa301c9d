// Planted bugs: single lines of the money rules, turned into what a tired person might write. Rule: the tests that are named here notice each
// of them for certain; what the simulation notices besides is shown beside it.
export interface Mutant {
  readonly name: string;
  readonly file: string;
  /** Text that occurs once in the file; a mutant that no longer applies is a failure of its own. */
  readonly find: string;
  readonly put: string;
  /** Tests that know the rule by name: at least one of them fails, however slow the machine is. */
  readonly tests: readonly string[];
  /** The rule is not in what the simulation runs (an adapter for a real node). */
  readonly simulated?: false;
}

export const mutants: readonly Mutant[] = [
  {
    name: 'notSent and unknown swapped',
    file: 'src/payments/states.ts',
    find: "case 'notSent':\n      return 'provedUnsent';\n    case 'unknown':\n    case 'notFound':",
    put: "case 'unknown':\n      return 'provedUnsent';\n    case 'notSent':\n    case 'notFound':",
    tests: ['test/story/payments.test.ts'],
  },
  {
    name: 'the compare-and-swap dropped',
    file: 'src/platform/advance.ts',
    find: "update(table, '$3', 'r.id = $1 AND r.state = $2')}),",
    put: "update(table, '$3', 'r.id = $1 AND $2::text IS NOT NULL')}),",
    tests: ['test/story/proofs.test.ts'],
  },
  {
    name: 'the earliest deadline made the latest',
    file: 'src/invoices/observe.ts',
    find: 'return one < other ? one : other;',
    put: 'return one > other ? one : other;',
    tests: ['test/story/holds.test.ts'],
  },
  {
    name: 'the minimum expiry made the maximum (LND)',
    file: 'src/backends/lnd/translate.ts',
    find: 'blockHeight(Math.min(...heights))',
    put: 'blockHeight(Math.max(...heights))',
    tests: ['test/unit/backends/lnd/translate.test.ts'],
    simulated: false,
  },
  {
    name: 'the unique index dropped',
    file: 'prisma/migrations/20261121000001_foundation/migration.sql',
    find: 'CREATE UNIQUE INDEX "attempts_one_live"',
    put: 'CREATE INDEX "attempts_one_live"',
    tests: ['test/story/payments.test.ts'],
  },
  {
    name: 'the outbox write dropped',
    file: 'src/platform/effects.ts',
    find: 'AS e(topic text, subject text, account_id uuid, wallet_id uuid, payload jsonb, created_at timestamptz)),',
    put: 'AS e(topic text, subject text, account_id uuid, wallet_id uuid, payload jsonb, created_at timestamptz) WHERE false),',
    tests: ['test/story/settle-after.test.ts'],
  },
  {
    name: 'the grace dropped',
    file: 'src/payments/ask.ts',
    find: 'row.sendBy.getTime() + deps.settings.graceSeconds * 1000);',
    put: 'row.sendBy.getTime());',
    tests: ['test/story/proofs.test.ts'],
  },
  {
    name: 'the floor ignored',
    file: 'src/payments/observe.ts',
    find: 'if (ref !== null && row.floor !== null && ref <= row.floor) return null;',
    put: '',
    tests: ['test/story/proofs.test.ts'],
  },
  {
    name: 'the reserve not released',
    file: 'src/payments/observe.ts',
    find: "if (set.state === 'failed') return bookReverse({ wallet, subjectId: payment.id, at }, { msat: reserveMsat });",
    put: "if (set.state === 'failed') return [];",
    tests: ['test/story/payments.test.ts'],
  },
  {
    name: 'the unused part of the reserve not released',
    file: 'src/wallets/ledger.ts',
    find: 'const back = rest > 0n ? rest : 0n;',
    put: 'const back = 0n;',
    tests: ['test/story/proofs.test.ts'],
  },
  {
    name: 'a claimed invoice cancelable',
    file: 'src/invoices/states.ts',
    find: "sawHeld: 'claimed', dispensed:",
    put: "cancelAsked: 'canceling', sawHeld: 'claimed', dispensed:",
    tests: ['test/story/cashouts.test.ts'],
  },
  {
    name: 'the old set_id kept',
    file: 'src/invoices/observe.ts',
    find: 'held_handle: sighting.handle,',
    put: 'held_handle: row.heldHandle ?? sighting.handle,',
    tests: ['test/story/holds.test.ts'],
  },
  {
    name: 'credit asked instead of received',
    file: 'src/invoices/observe.ts',
    find: 'received_msat: sighting.received ?? row.amountMsat ?? 0n',
    put: 'received_msat: row.amountMsat ?? sighting.received ?? 0n',
    tests: ['test/story/proofs.test.ts'],
  },
  {
    name: 'another backend tried after the payee refused',
    file: 'src/payments/send.ts',
    find: "outcome.reason !== 'rejectedByPayee' &&",
    put: '',
    tests: ['test/story/payments.test.ts'],
  },
  {
    name: 'another backend tried although its failure proves nothing',
    file: 'src/payments/send.ts',
    find: 'candidate.pay.traits.failureIsProof &&',
    put: '',
    tests: ['test/story/proofs.test.ts'],
  },
  {
    name: 'paid inside before the backend has canceled',
    file: 'src/invoices/inside.ts',
    find: "if (row.state === 'canceling') return { is: 'underWay' };",
    put: "if (row.state === 'canceling') return { is: 'paid', preimage: row.preimage === null ? null : toPreimage(row.preimage) };",
    tests: ['test/story/inside.test.ts'],
  },
  {
    name: 'the clock forgotten at the deadline',
    file: 'src/invoices/deadline.ts',
    find: '(row.deadlineAt !== null && row.deadlineAt <= now) ||',
    put: '',
    tests: ['test/story/holds.test.ts'],
  },
  {
    name: 'settled before the intention is stored',
    file: 'src/invoices/settle.ts',
    find: "if (to.is === 'same') return row;\n  const at",
    put: "if (to.is === 'same' || intention.event === 'settleAsked') return { ...row, sealedPreimage: intention.sealed ?? row.sealedPreimage };\n  const at",
    tests: ['test/story/proofs.test.ts'],
  },
  {
    name: 'a success after a failure ignored',
    file: 'src/payments/states.ts',
    find: "givenUp: 'failed', sawSucceeded: 'succeeded' },",
    put: "givenUp: 'failed', sawSucceeded: 'failed' },",
    tests: ['test/story/proofs.test.ts'],
  },
  {
    name: 'an old "in flight" taken for news',
    file: 'src/payments/observe.ts',
    find: "if (event === 'sawInFlight' && row.state === 'failed' && ref !== null && row.ref !== null && ref <= row.ref) return null;",
    put: '',
    tests: ['test/story/proofs.test.ts'],
  },
  {
    name: 'nobody asked about what no stream tells of',
    file: 'src/payments/begin.ts',
    find: 'const firstCheckMs = 10_000;',
    put: 'const firstCheckMs = 1e12;',
    tests: ['test/story/proofs.test.ts'],
  },
  {
    name: 'a silent send asked about long after its silence is proof',
    file: 'src/workers/sweep.ts',
    find: '[callOverAt(row), silenceProvesAt(deps.payments, row)]',
    put: '[callOverAt(row)]',
    tests: ['test/story/proofs.test.ts'],
  },
  {
    name: 'a floor trusted that another attempt has passed',
    file: 'src/payments/store.ts',
    find: 'AND a.ref > coalesce(n.floor, -1)',
    put: 'AND false',
    tests: ['test/story/proofs.test.ts'],
  },
  {
    name: 'the block forgotten at the deadline',
    file: 'src/invoices/deadline.ts',
    find: 'row.deadlineHeight !== null && height !== null && row.deadlineHeight <= height',
    put: 'false',
    tests: ['test/story/holds.test.ts'],
  },
  {
    name: 'a deposit credited before it is deep',
    file: 'src/deposits/observe.ts',
    find: '? 1 : deps.settings.confirmations);',
    put: '? 1 : 0);',
    tests: ['test/story/deposits.test.ts'],
  },
  {
    name: 'all coins of a node sent for one of its wallets',
    file: 'src/payouts/prepare.ts',
    find: 'return { on, address, amount, sendsAll: false, fee, pace };',
    put: 'return { on, address, amount, sendsAll: true, fee, pace };',
    tests: ['test/story/payouts.test.ts'],
  },
  {
    name: 'a fact taken for the attempt that was written last',
    file: 'src/payments/observe.ts',
    find: "return possible.find((row) => row.state === 'sending') ?? possible",
    put: 'return possible.at(-1) ?? possible',
    tests: ['test/unit/payments/meant.test.ts'],
  },
  {
    name: 'a failure without proof never asked about again',
    file: 'src/payments/testimony.ts',
    find: 'provesLittle(deps, backendId) ? nextLook({ endedAt: now }, now) : null;',
    put: 'provesLittle(deps, backendId) ? null : null;',
    tests: ['test/story/testimony.test.ts'],
  },
  {
    name: 'a deposit listed from where an old fact puts it',
    file: 'src/deposits/observe.ts',
    find: 'Math.min(height - confirmations, listed)',
    put: 'height - confirmations',
    tests: ['test/story/deposits.test.ts'],
  },
  {
    name: 'one payment of a node booked for two attempts',
    file: 'prisma/migrations/20261129160000_one_success/migration.sql',
    find: 'CREATE UNIQUE INDEX "attempts_one_success"',
    put: 'CREATE INDEX "attempts_one_success"',
    tests: ['test/story/testimony.test.ts'],
  },
  {
    name: 'another backend asked about what has been paid meanwhile',
    file: 'src/payments/send.ts',
    find: "earlier.some((one) => one.state === 'succeeded' || isLater(one))",
    put: 'earlier.some((one) => isLater(one) && false)',
    tests: ['test/story/payments.test.ts'],
  },
  {
    name: 'what was decided forgotten when the network gives it back',
    file: 'src/invoices/observe.ts',
    find: "if (row.state === 'settling') return now;",
    put: "if (row.state === 'settling') return null;",
    tests: ['test/story/holds.test.ts'],
  },
];
