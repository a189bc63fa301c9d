// The load generator: a closed loop over keep-alive connections of node:http, or over ln-service's connection. A wrong answer ends the run.
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { authenticatedLndGrpc, createInvoice } from 'ln-service';
import type { Job, Measured, NodeAccess, Work } from './jobs.ts';

type Call = () => Promise<void>;

const post = (work: Extract<Work, { is: 'http' }>, concurrency: number): Call => {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const { hostname, port, pathname: path } = new URL(work.url);
  const texts = 'file' in work.bodies ? readFileSync(work.bodies.file, 'utf8').trimEnd().split('\n') : work.bodies;
  return () =>
    new Promise((resolve, reject) => {
      const body = texts[Math.floor(Math.random() * texts.length)] ?? '';
      const headers = { ...work.headers, 'content-length': Buffer.byteLength(body) };
      const sent = request({ agent, hostname, port, path, method: 'POST', headers }, (res) => {
        let text = '';
        res.setEncoding('utf8');
        res.on('data', (chunk: string) => {
          text += chunk;
        });
        res.on('end', () => {
          if (res.statusCode === 200 && text.includes(work.expect)) resolve();
          else reject(new Error(`HTTP ${res.statusCode} ${text.slice(0, 500)}`));
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
};

/** ln-service's connection; its type says nothing of the raw clients. */
const connect = ({ socket, certPath, macaroonPath }: NodeAccess) => {
  const [cert, macaroon] = [certPath, macaroonPath].map((path) => readFileSync(path).toString('base64'));
  return authenticatedLndGrpc({ socket, cert: cert ?? '', macaroon: macaroon ?? '' }).lnd;
};

interface RawMain {
  addInvoice(request: object, done: (error: unknown, answer: unknown) => void): void;
}

const raw = ({ node, sat }: Extract<Work, { is: 'addInvoice' | 'createInvoice' }>): Call => {
  const main = (connect(node) as unknown as { readonly default: RawMain }).default;
  return () =>
    new Promise((resolve, reject) => {
      const terms = { memo: '', value_msat: String(sat * 1000), expiry: '14400', private: false };
      main.addInvoice(terms, (error) => (error ? reject(error) : resolve()));
    });
};

const byLnService = ({ node, sat }: Extract<Work, { is: 'addInvoice' | 'createInvoice' }>): Call => {
  const lnd = connect(node);
  return async () => {
    await createInvoice({ lnd, tokens: sat, expires_at: new Date(Date.now() + 14_400_000).toISOString() });
  };
};

const callOf = ({ work, concurrency }: Job): Call => {
  if (work.is === 'http') return post(work, concurrency);
  return work.is === 'addInvoice' ? raw(work) : byLnService(work);
};

/** Keeps `concurrency` calls under way for `ms`; the time of each, in milliseconds. */
const loop = async (call: Call, concurrency: number, ms: number): Promise<{ readonly seconds: number; readonly latencies: number[] }> => {
  const latencies: number[] = [];
  const begun = performance.now();
  const end = begun + ms;
  const one = async (): Promise<void> => {
    while (performance.now() < end) {
      const start = performance.now();
      await call();
      latencies.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, one));
  return { seconds: (performance.now() - begun) / 1000, latencies };
};

/** The next message that is one of these; the meter's questions come by the same channel. */
const next = <T>(pick: (message: unknown) => T | undefined): Promise<T> =>
  new Promise((resolve) => {
    const look = (message: unknown): void => {
      const picked = pick(message);
      if (picked === undefined) return;
      process.off('message', look);
      resolve(picked);
    };
    process.on('message', look);
  });

const warmRequests = 1000;

const isJob = (message: unknown): message is Job => typeof message === 'object' && message !== null && 'work' in message;

process.channel?.ref();
const given = next((message) => (isJob(message) ? message : undefined));
process.send?.({ is: 'ready' });
const job = await given;
const call = callOf(job);
// Compiled code is what is measured: on a busy machine the time alone may be too short for it.
for (let done = 0, tries = 0; done < warmRequests && tries < 10; tries += 1) {
  done += (await loop(call, job.concurrency, job.warmMs)).latencies.length;
}
// The parent looks at what everybody has used so far, and lets us go.
const told = next((message) => message === 'go' || undefined);
process.send?.({ is: 'warm' });
await told;
const measured: Measured = { is: 'measured', ...(await loop(call, job.concurrency, job.ms)) };
process.send?.(measured);
