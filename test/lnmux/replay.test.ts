// What the real lnmuxd answered, word by word, the lnmux of ours must answer too.
import { expect, test } from 'vitest';
import { type OurBench, openOurs } from './ours.ts';
import { scenarios } from './scenarios.ts';
import { recordingOf, transcripts } from './transcripts.ts';

let bench: OurBench | null = null;
transcripts({
  name: 'an lnmux of ours',
  open: async () => {
    bench = await openOurs();
    return bench;
  },
  close: async () => bench?.close(),
  record: null,
});

test('every scenario was recorded from a real lnmuxd', () => {
  for (const scenario of Object.keys(scenarios)) expect(recordingOf(scenario)?.source).toMatch(/^lnmuxd /);
});
