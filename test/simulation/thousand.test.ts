// A thousand seeds over all cores, as `npm run simulate -- --seeds 1000` runs them.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test('a thousand seeds find nothing wrong', async () => {
  const cli = join(import.meta.dirname, '../../dist/simulation/test/simulation/cli.js');
  const child = spawn(process.execPath, [cli, '--seeds', process.env.SIMULATION_SEEDS ?? '1000'], { stdio: 'inherit' });
  const code = await new Promise((resolve) => child.on('exit', resolve));
  expect(code).toBe(0);
});
