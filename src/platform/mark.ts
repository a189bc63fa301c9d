// A mark beside the database that says how far it had come. A database that is behind its mark, or another one, was restored: it has forgotten
// what happened since. The mark says nothing of what was forgotten; that the backends know.
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from './clock.ts';
import { type Database, sql } from './db.ts';

export interface Mark {
  /** PostgreSQL's identifier of the cluster: another one after a dump was read into a new one. */
  readonly system: string;
  /** Grows when a standby is promoted, and when a cluster is recovered to a moment before its end. */
  readonly timeline: number;
  /** The newest change of state that is stored; every one writes an event, but for a creation that nobody is told of. */
  readonly events: bigint;
  /**
   * The greatest id of an invoice or hold, whose creation writes no event. Nothing deletes one, so the greatest of those that are committed never
   * shrinks, whoever's clock it was made of; a clock that is ahead hides what others made. Null: none, or an older program's mark.
   */
  readonly invoice: string | null;
  /** When this was so: what was written later than a mark which the database is behind of was written after the restore. Null: an older program's. */
  readonly at: Date | null;
}

export interface MarkFile {
  /** Null when there is none, or when it cannot be read. */
  readonly read: () => Mark | null;
  readonly keep: (mark: Mark) => void;
}

const look = {
  name: 'mark_look',
  // Only what is committed is seen, and what is committed is on the disk: after a power cut it is not less.
  text: `SELECT (SELECT system_identifier::text FROM pg_control_system()) AS system, (SELECT timeline_id FROM pg_control_checkpoint())::int AS timeline,
    coalesce((SELECT max(seq) FROM outbox), 0)::bigint AS events, (SELECT id FROM invoices ORDER BY id DESC LIMIT 1) AS invoice`,
};

/** How far the database has come. */
export const readMark = async (db: Database, clock: Clock): Promise<Mark> => {
  // Before it is asked, so that nothing older than this is missing in what it says.
  const at = clock.now();
  const [row] = await sql<Omit<Mark, 'at'>>(db, look);
  if (!row) throw new Error('the database does not say how far it has come');
  return { ...row, at };
};

/** In which way the database that is there now is not the one of the mark, in half a sentence; null when it is. */
export const behind = (kept: Mark, now: Mark): string | null => {
  if (kept.system !== now.system) return 'it lives in another cluster than before';
  if (kept.timeline !== now.timeline)
    return `it is on timeline ${now.timeline}, and was on ${kept.timeline}: recovered, or a standby took over`;
  if (now.events < kept.events) return `its newest change is number ${now.events}, and had been ${kept.events}`;
  // Hex digits of one length sort as the database sorts them.
  return (now.invoice ?? '') < (kept.invoice ?? '') ? `its newest invoice is ${now.invoice ?? 'none'}, and had been ${kept.invoice}` : null;
};

/** A mark in a file of its own, written beside the old one and put in its place, so that a power cut leaves one of the two. */
export const markFile = (path: string): MarkFile => ({
  read: () => {
    try {
      const { system, timeline, events, invoice = null, at = null } = JSON.parse(readFileSync(path, 'utf8'));
      const counted = { system: String(system), timeline: Number(timeline), events: BigInt(events) };
      return { ...counted, invoice: invoice === null ? null : String(invoice), at: at === null ? null : new Date(at) };
    } catch {
      return null;
    }
  },
  keep: (mark) => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const file = openSync(`${path}.next`, 'w', 0o600);
    writeSync(file, `${JSON.stringify({ ...mark, events: String(mark.events) })}\n`);
    fsyncSync(file);
    closeSync(file);
    renameSync(`${path}.next`, path);
  },
});
