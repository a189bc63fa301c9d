// One figure: a load on one process, for a time, as often as asked; and what each request cost whom.
import type { Job, Measured, Work } from './jobs.ts';
import { type Proc, startProc, treeCpuMs } from './procs.ts';

export interface Row {
  readonly what: string;
  /** `-` where no database is behind it. */
  readonly database: 'embedded' | 'PostgreSQL' | '-';
  readonly concurrency: number;
  readonly requests: number;
  readonly perSecond: number;
  /** Milliseconds. The fastest tenth is what the machine's other work has touched least. */
  readonly p10: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** Of the serving process; where a client calls LND directly, of that client. */
  readonly cpuMs: number;
  /** Of what stands behind: the PostgreSQL server or the LND node. Null where nothing does, or the system does not tell. */
  readonly behindCpuMs: number | null;
  readonly rssMb: number;
}

export interface Pace {
  readonly warmMs: number;
  readonly ms: number;
  readonly rounds: number;
}

/** Something that is measured. */
export interface Subject {
  readonly what: string;
  readonly database: Row['database'];
  readonly work: Work;
  /** Null: the load generator itself is what is measured. */
  readonly server: Proc | null;
  /** Command lines of the processes behind it contain this; null: nothing to look at. */
  readonly behind: string | null;
}

interface Piece {
  readonly seconds: number;
  readonly latencies: readonly number[];
  readonly cpuMs: number;
  readonly behindCpuMs: number;
  readonly rssMb: number;
}

const asMeasured = (message: unknown): Measured | undefined => (Object(message).is === 'measured' ? (message as Measured) : undefined);

const cpuBehind = ({ behind }: Subject): number => (behind === null ? 0 : treeCpuMs((_pid, line) => line.includes(behind)));

const measureOnce = async (subject: Subject, concurrency: number, pace: Pace): Promise<Piece> => {
  const client = startProc({ script: 'load.js' });
  try {
    await client.next((message) => Object(message).is === 'ready' || undefined);
    const measuredProc = subject.server ?? client;
    const warm = client.next((message) => Object(message).is === 'warm' || undefined);
    const job: Job = { work: subject.work, concurrency, warmMs: pace.warmMs, ms: pace.ms };
    client.child.send(job);
    await warm;
    const before = await measuredProc.usage();
    const behindBefore = cpuBehind(subject);
    const done = client.next(asMeasured);
    client.child.send('go');
    const { seconds, latencies } = await done;
    const after = await measuredProc.usage();
    const behindCpuMs = cpuBehind(subject) - behindBefore;
    return { seconds, latencies, cpuMs: after.cpuMs - before.cpuMs, behindCpuMs, rssMb: after.rssMb };
  } finally {
    await client.stop();
  }
};

/** The value below which this part of the sorted list lies. */
export const quantile = (sorted: readonly number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

const rowOf = (subject: Subject, concurrency: number, pieces: readonly Piece[]): Row => {
  const latencies = pieces.flatMap((piece) => [...piece.latencies]).sort((a, b) => a - b);
  const requests = latencies.length;
  return {
    ...{ what: subject.what, database: subject.database, concurrency, requests },
    perSecond: requests / sum(pieces.map((piece) => piece.seconds)),
    ...{ p10: quantile(latencies, 0.1), p50: quantile(latencies, 0.5), p95: quantile(latencies, 0.95), p99: quantile(latencies, 0.99) },
    cpuMs: sum(pieces.map((piece) => piece.cpuMs)) / requests,
    behindCpuMs: subject.behind === null ? null : sum(pieces.map((piece) => piece.behindCpuMs)) / requests,
    rssMb: Math.max(...pieces.map((piece) => piece.rssMb)),
  };
};

/** A subject that may have to be made ready for each round. */
export interface Turn {
  readonly what: string;
  readonly with: <T>(use: (subject: Subject) => Promise<T>) => Promise<T>;
}

/** Always there. */
export const ready = (subject: Subject): Turn => ({ what: subject.what, with: (use) => use(subject) });

/**
 * Measures all of them in turn, round after round, so that whatever else the machine does meets them alike.
 * The rows come in the order of the turns, each at c=1 and then at c=32.
 */
export const measureAll = async (turns: readonly Turn[], pace: Pace, say: (line: string) => void): Promise<readonly Row[]> => {
  const pieces = new Map<string, { readonly subject: Subject; readonly concurrency: number; readonly all: Piece[] }>();
  for (let round = 1; round <= pace.rounds; round += 1) {
    for (const [index, turn] of turns.entries()) {
      await turn.with(async (subject) => {
        for (const concurrency of [1, 32]) {
          const piece = await measureOnce(subject, concurrency, pace);
          const key = `${index} ${concurrency}`;
          const kept = pieces.get(key) ?? { subject, concurrency, all: [] };
          pieces.set(key, { ...kept, all: [...kept.all, piece] });
          const { length } = piece.latencies;
          const cpu = (piece.cpuMs / length).toFixed(3);
          const rate = Math.round(length / piece.seconds);
          say(`  ${round}/${pace.rounds}  ${subject.what} (${subject.database}) c=${concurrency}: ${rate}/s, ${cpu} ms CPU`);
        }
      });
    }
  }
  const keys = turns.flatMap((_turn, index) => [`${index} 1`, `${index} 32`]);
  return keys.flatMap((key) => {
    const kept = pieces.get(key);
    return kept ? [rowOf(kept.subject, kept.concurrency, kept.all)] : [];
  });
};
