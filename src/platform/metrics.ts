// What a person's monitoring reads, as one table of names: a metric that is not in it does not compile, and labels are bounded sets of words
// (never a hash, a wallet or a request's text).
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

const PREFIX = 'switchyard_';

const counters = {
  invoices_created: { help: 'Invoices created', labels: ['backend'] },
  invoices_settled: { help: 'Invoices that were paid', labels: ['backend'] },
  payments_total: { help: 'Payments by what their attempt came to', labels: ['outcome'] },
  incidents_total: { help: 'Things a person must look at', labels: ['kind'] },
  callbacks_total: { help: 'Callbacks by what became of a call', labels: ['outcome'] },
  refusals_total: { help: 'Commands refused', labels: ['refusal'] },
  sweep_rows: { help: 'Waiting rows that the sweep asked about', labels: ['story'] },
} as const;

const histograms = {
  backend_call_seconds: { help: 'How long a backend took to answer a call', labels: ['backend', 'call', 'outcome'] },
  command_seconds: { help: 'How long a command took, by door', labels: ['command', 'door', 'outcome'] },
} as const;

const gauges = {
  backend_up: { help: '1 when the backend answers and is who it was', labels: ['backend'] },
  sending_attempts: { help: 'Payment attempts whose end is not known yet', labels: [] },
  price_age_seconds: { help: 'How old the price is that is known; absent while none is', labels: ['currency'] },
  payouts_in_doubt: { help: 'Sends on the chain that have not ended and of which an incident was made', labels: [] },
  incidents_open: { help: 'Incidents that nobody has put away yet', labels: [] },
  ledger_findings: { help: 'Places in which the books contradict themselves: switchyard ledger names them', labels: [] },
  ledger_owed_sats: { help: 'What ledger wallets may spend, in satoshis', labels: [] },
  ledger_owned_sats: { help: 'What the backends hold, in satoshis; as it was when all of them could last be asked', labels: [] },
  outgoing_halted: { help: '1 while outgoing payments are halted', labels: [] },
} as const;

type Spec = Readonly<Record<string, { readonly help: string; readonly labels: readonly string[] }>>;
type Labels<Table extends Spec, Name extends keyof Table> = Readonly<Record<Table[Name]['labels'][number], string>>;

export type CounterName = keyof typeof counters;
export type HistogramName = keyof typeof histograms;
export type GaugeName = keyof typeof gauges;

export interface Metrics {
  /** One more, or `by` more (0 or more). */
  count<Name extends CounterName>(name: Name, labels: Labels<typeof counters, Name>, by?: number): void;
  /** One thing took this many seconds. */
  observe<Name extends HistogramName>(name: Name, labels: Labels<typeof histograms, Name>, seconds: number): void;
  /** So many there are now. */
  set<Name extends GaugeName>(name: Name, labels: Labels<typeof gauges, Name>, value: number): void;
  /** So many more (or, below 0, fewer) there are now. */
  add<Name extends GaugeName>(name: Name, labels: Labels<typeof gauges, Name>, by: number): void;
  /** Prometheus' text format. */
  render(): Promise<string>;
  readonly contentType: string;
  /** For what brings metrics of its own, a door for instance. */
  readonly registry: Registry;
}

// From a millisecond (an answer from memory) to the minute a payment may take.
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** A registry of its own: two gateways in one process (tests) do not mix. */
export const createMetrics = (): Metrics => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: PREFIX });
  const registers = [registry];
  const made = <Table extends Spec, Made>(
    table: Table,
    make: (name: string, help: string, labelNames: string[]) => Made,
  ): ReadonlyMap<keyof Table, Made> =>
    new Map(Object.entries(table).map(([name, { help, labels }]) => [name, make(PREFIX + name, help, [...labels])]));
  const counting = made(counters, (name, help, labelNames) => new Counter({ name, help, labelNames, registers }));
  const timing = made(histograms, (name, help, labelNames) => new Histogram({ name, help, labelNames, registers, buckets: BUCKETS }));
  const holding = made(gauges, (name, help, labelNames) => new Gauge({ name, help, labelNames, registers }));
  return {
    count: (name, labels, by = 1) => counting.get(name)?.inc(labels, by),
    observe: (name, labels, seconds) => timing.get(name)?.observe(labels, seconds),
    set: (name, labels, value) => holding.get(name)?.set(labels, value),
    add: (name, labels, by) => holding.get(name)?.inc(labels, by),
    render: () => registry.metrics(),
    contentType: registry.contentType,
    registry,
  };
};
