// What machines ask of a server: is it alive, can it serve, how is it doing. None of it needs a key, none of it tells a secret.
import type { IncomingMessage } from 'node:http';
import { type Answer, json } from './http-body.ts';

export interface HealthDeps {
  readonly log: { error(fields: object, text: string): void };
  /** Whether the gateway can serve, with details for people; asked by `/readyz`. */
  readonly ready: () => Promise<{ readonly ready: boolean; readonly detail: unknown }>;
  /** Text for `/metrics` with its content type; null: there is none. */
  readonly metrics: (() => Promise<{ readonly type: string; readonly text: string }>) | null;
}

type Routes = Readonly<Record<string, (req: IncomingMessage) => Promise<Answer>>>;

const loopback = /^(127\.|::1$|::ffff:127\.)/;
// A proxy on the same machine asks from loopback for everybody.
const isLocal = (req: IncomingMessage): boolean =>
  loopback.test(req.socket.remoteAddress ?? '') && req.headers['x-forwarded-for'] === undefined && req.headers.forwarded === undefined;

/** Handlers by path. `publicMetrics`: everybody may read them, not only this machine. */
export const healthRoutes = (deps: HealthDeps, publicMetrics: boolean, draining: () => boolean): Routes => {
  const ready = async (): Promise<Answer> => {
    if (draining()) return json(503, { ready: false, detail: 'shutting down' });
    try {
      const state = await deps.ready();
      return json(state.ready ? 200 : 503, state);
    } catch (error) {
      deps.log.error({ err: error }, 'readiness could not be told');
      return json(503, { ready: false, detail: 'unknown' });
    }
  };
  const metrics = async (req: IncomingMessage): Promise<Answer> => {
    if (deps.metrics === null || (!publicMetrics && !isLocal(req))) return json(404, { error: 'Not found' });
    const { type, text } = await deps.metrics();
    return { status: 200, headers: { 'content-type': type, 'cache-control': 'no-store' }, body: text };
  };
  return {
    '/healthz': () => Promise.resolve(json(200, { status: 'ok' })),
    '/readyz': ready,
    '/metrics': metrics,
  };
};
