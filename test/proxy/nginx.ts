// Debian's nginx with the very file of docs/nginx.conf, made to fit a test: other ports, a certificate of its own, files in a folder of its own.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { waitUntil } from '../regtest/wait.ts';
import { freePort } from '../support/gateway.ts';

const documented = fileURLToPath(new URL('../../docs/nginx.conf', import.meta.url));

export interface NginxProxy {
  /** `https://pay.example.com:port`, a name that only `address` knows. */
  readonly host: string;
  readonly port: number;
  /** The certificate, to be trusted by clients. */
  readonly ca: string;
  /** What nginx complained about. */
  complaints(): string;
  close(): Promise<void>;
}

const findNginx = (): string => {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'];
  const found = folders.map((folder) => join(folder, 'nginx')).find((path) => existsSync(path));
  if (found === undefined) throw new Error('there is no nginx on this machine: apt-get install nginx-light');
  return found;
};

/** The documented file with `to` instead of what it says; every replacement must be there. */
const fitted = (replacements: readonly (readonly [string, string])[]): string =>
  replacements.reduce(
    (text, [from, to]) => {
      if (!text.includes(from)) throw new Error(`docs/nginx.conf no longer says "${from}"`);
      return text.replaceAll(from, to);
    },
    readFileSync(documented, 'utf8'),
  );

const surroundings = (folder: string): string => `
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log warn;
${process.getuid?.() === 0 ? 'user root;' : ''}
events {}
http {
  access_log off;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
  include ${folder}/switchyard.conf;
}
`;

const answers = (port: number): Promise<boolean> =>
  new Promise((told) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      told(true);
    }).once('error', () => told(false));
  });

/** Stands in front of the gateway that listens on `upstream` of loopback, until `close`. */
export const startNginx = async (upstream: number): Promise<NginxProxy> => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-nginx-'));
  const port = await freePort();
  const host = 'pay.example.com';
  const files = { cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key') };
  const subject = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`];
  const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-keyout', files.key, '-out', files.cert];
  execFileSync('openssl', ['req', '-x509', ...made, ...subject], { stdio: 'ignore' });
  const text = fitted([
    ['server 127.0.0.1:4000;', `server 127.0.0.1:${upstream};`],
    ['listen 443 ssl http2;', `listen 127.0.0.1:${port} ssl http2;`],
    ['    listen [::]:443 ssl http2;\n', ''],
    ['/etc/ssl/switchyard.crt', files.cert],
    ['/etc/ssl/switchyard.key', files.key],
  ]);
  writeFileSync(join(folder, 'switchyard.conf'), text);
  writeFileSync(join(folder, 'nginx.conf'), surroundings(folder));
  const child = spawn(findNginx(), ['-p', folder, '-e', join(folder, 'error.log'), '-c', join(folder, 'nginx.conf')], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const complaints = (): string => (existsSync(join(folder, 'error.log')) ? readFileSync(join(folder, 'error.log'), 'utf8') : '');
  const close = async (): Promise<void> => {
    if (child.exitCode === null) child.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await waitUntil('nginx to listen', async () => child.exitCode !== null || (await answers(port)), 10_000);
    if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}: ${complaints()}`);
    return { host, port, ca: readFileSync(files.cert, 'utf8'), complaints, close };
  } catch (error) {
    await close();
    throw error;
  }
};
