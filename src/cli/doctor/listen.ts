// The port and its certificate: free for us or served by us, and valid for a while yet.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { z } from 'zod';
import type { ListenConfig } from '../../config/types.ts';
import { bad, type Check, type Checkup, codeOf, type Finding, messageOf, ok, warn } from './finding.ts';

const tryToListen = (host: string, port: number): Promise<unknown> =>
  new Promise((done) => {
    const server = createServer();
    server.once('error', done).listen(port, host, () => server.close(() => done(null)));
  });

const answers = (host: string, port: number): Promise<boolean> =>
  new Promise((done) => {
    const local = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
    const socket = connect({ host: local, port, timeout: 3000 });
    const end = (is: boolean) => (): void => {
      socket.destroy();
      done(is);
    };
    socket.once('connect', end(true)).once('error', end(false)).once('timeout', end(false));
  });

const advice: Readonly<Record<string, readonly [string, string]>> = {
  EADDRINUSE: ['is taken by another program', 'end that program, or choose another listen.port'],
  EACCES: ['may not be opened by this user', 'choose a port from 1024 on, or give the right (CAP_NET_BIND_SERVICE)'],
  EADDRNOTAVAIL: ['is no address of this machine', 'correct listen.host'],
  ENOTFOUND: ['is no address of this machine', 'correct listen.host'],
};

const served = async (listen: ListenConfig, running: NonNullable<Checkup['running']>): Promise<Finding> => {
  const said = z.looseObject({ url: z.url() }).safeParse(await running('status', {}));
  const { hostname, port } = said.success ? new URL(said.data.url) : { hostname: listen.host, port: String(listen.port) };
  const at = `${hostname}:${port}`;
  if (!(await answers(hostname.replace(/^\[|\]$/g, ''), Number(port))))
    return bad('port', `the running gateway does not answer at ${at}`, 'read its log; restart it');
  return ok('port', `${at} is served by the running gateway`);
};

const checkPort = async (listen: ListenConfig, running: Checkup['running']): Promise<Finding> => {
  if (running) return served(listen, running);
  const { host, port } = listen;
  const at = `${host}:${port}`;
  if (port === 0) return ok('port', `any free one at ${host}`);
  const error = await tryToListen(host, port);
  if (error === null) return ok('port', `${at} is free`);
  const [what, todo] = advice[codeOf(error) ?? ''] ?? [`cannot be opened: ${messageOf(error)}`, 'correct listen.host and listen.port'];
  return bad('port', `${at} ${what}`, todo);
};

/** What a certificate and its key are worth at a moment. */
export const checkCertificate = (tls: { readonly cert: string; readonly key: string }, now: Date): Finding => {
  try {
    const certificate = new X509Certificate(readFileSync(tls.cert));
    if (!certificate.checkPrivateKey(createPrivateKey(readFileSync(tls.key))))
      return bad('tls', 'listen.tls.key is not the key of listen.tls.cert', 'name the two that belong together');
    const days = (new Date(certificate.validTo).getTime() - now.getTime()) / 86_400_000;
    if (new Date(certificate.validFrom) > now)
      return bad('tls', `the certificate is valid from ${certificate.validFrom} on`, 'look at the clock, or at the certificate');
    if (days < 0)
      return bad('tls', `the certificate ended on ${certificate.validTo}`, 'renew it; the gateway takes up the new file by itself');
    if (days < 14)
      return warn('tls', `the certificate ends on ${certificate.validTo}`, 'renew it; the gateway takes up the new file by itself');
    return ok('tls', `the certificate is good until ${certificate.validTo}`);
  } catch (error) {
    return bad('tls', `the certificate cannot be used: ${messageOf(error)}`, 'listen.tls.cert and listen.tls.key must be PEM files');
  }
};

export const checkListen: Check = async ({ config, running, io }) => [
  await checkPort(config.listen, running),
  ...(config.listen.tls ? [checkCertificate(config.listen.tls, io.now())] : []),
];
