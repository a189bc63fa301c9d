// The metrics that monitoring reads: Prometheus' text, and a registry for each gateway.
import { expect, it } from 'vitest';
import { createMetrics } from '../../../src/platform/metrics.ts';

it('renders what was counted, timed and set', async () => {
  const metrics = createMetrics();
  metrics.count('payments_total', { outcome: 'succeeded' });
  metrics.count('payments_total', { outcome: 'succeeded' }, 2);
  metrics.observe('backend_call_seconds', { backend: 'main', call: 'pay', outcome: 'succeeded' }, 0.02);
  metrics.set('outgoing_halted', {}, 1);
  metrics.add('backend_up', { backend: 'main' }, 3);
  metrics.add('backend_up', { backend: 'main' }, -1);
  const text = await metrics.render();
  expect(text).toContain('switchyard_payments_total{outcome="succeeded"} 3\n');
  expect(text).toContain('switchyard_backend_call_seconds_bucket{le="0.025",backend="main",call="pay",outcome="succeeded"} 1\n');
  expect(text).toContain('switchyard_backend_call_seconds_bucket{le="0.01",backend="main",call="pay",outcome="succeeded"} 0\n');
  expect(text).toContain('switchyard_outgoing_halted 1\n');
  expect(text).toContain('switchyard_backend_up{backend="main"} 2\n');
  expect(text).toContain('switchyard_process_cpu_seconds_total');
});

it('does not mix two gateways of one process', async () => {
  const [one, other] = [createMetrics(), createMetrics()];
  one.count('incidents_total', { kind: 'test' });
  expect(await other.render()).not.toContain('kind="test"');
});
