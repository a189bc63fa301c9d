// The transcripts of the scenarios: recorded from the real lnmuxd, and what every other run, of ours or of the real one, must repeat.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bench, type RawClient, rawClient } from './bench.ts';
import { type Scenario, scenarios } from './scenarios.ts';
import { type Line, newTape } from './tape.ts';

export interface Recording {
  readonly scenario: string;
  /** Which lnmuxd, over which nodes. */
  readonly source: string;
  readonly recordedAt: string;
  readonly lines: readonly Line[];
}

export interface Playing {
  readonly name: string;
  readonly open: () => Promise<Bench>;
  readonly close: () => Promise<void>;
  /** What it is that is recorded; null when it is to repeat what was. */
  readonly record: string | null;
}

const folder = new URL('./recordings/', import.meta.url);
const fileOf = (scenario: string): URL => new URL(`${scenario.replaceAll(/[^a-z]+/g, '-')}.json`, folder);

export const recordingOf = (scenario: string): Recording | null =>
  existsSync(fileOf(scenario)) ? JSON.parse(readFileSync(fileOf(scenario), 'utf8')) : null;

/** Declares a test for each scenario. */
export const transcripts = ({ name, open, close, record }: Playing): void => {
  describe(`the transcripts: ${name}`, () => {
    let bench: Bench;
    let raw: RawClient;
    beforeAll(async () => {
      bench = await open();
      raw = rawClient(bench.socket);
    });
    afterAll(async () => {
      raw?.close();
      await close();
    });
    test.each(Object.entries(scenarios))('%s', async (scenario: string, play: Scenario) => {
      const tape = newTape(raw);
      await play(tape, bench);
      // As a file would have it: without what is undefined.
      const lines = JSON.parse(JSON.stringify(tape.lines));
      if (record === null) {
        expect(lines).toEqual(recordingOf(scenario)?.lines ?? 'a recording');
        return;
      }
      const recording: Recording = { scenario, source: record, recordedAt: new Date().toISOString().slice(0, 10), lines };
      mkdirSync(folder, { recursive: true });
      writeFileSync(fileOf(scenario), `${JSON.stringify(recording, null, 2)}\n`);
    });
  });
};
