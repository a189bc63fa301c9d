// The playground: one page that loads nothing from anywhere else, made at its first visit and kept compressed.
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { json, send } from '../../platform/http-body.ts';
import { type Examples, exampleTabs, placeholders } from './tabs.ts';

/** Only a sandbox gives its key to whoever opens the page. */
export interface Sandbox {
  readonly apiKey: string;
  readonly walletId: string;
}

export interface Playground {
  /** True for a browser that wants to see a page. */
  wanted(req: IncomingMessage): boolean;
  page(req: IncomingMessage, res: ServerResponse): Promise<void>;
  /** What the sandbox's tabs are filled with. */
  examples(res: ServerResponse): Promise<void>;
}

const compress = promisify(gzip);
const decompress = promisify(gunzip);

const start = 'YogaGraphiQL.renderYogaGraphiQL(';

// Text inside a script element: nothing in it may look like the element's end.
const inScript = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');

/** Runs in the browser. Saved tabs of another sandbox name wallets that are gone, so they go too. */
const bootScript = (settings: { readonly options: object; readonly examples: boolean; readonly mark: string }): string => `
(async () => {
  const options = ${inScript(settings.options)};
  const placeholders = ${inScript(placeholders)};
  const fill = (examples) => {
    for (const tab of options.defaultTabs)
      for (const [name, text] of Object.entries(placeholders))
        if (examples[name]) tab.variables = tab.variables.replaceAll(text, examples[name]);
  };
  try {
    if (localStorage.getItem('switchyard:examples') !== ${inScript(settings.mark)}) {
      for (const key of Object.keys(localStorage)) if (key.startsWith('graphiql:')) localStorage.removeItem(key);
      localStorage.setItem('switchyard:examples', ${inScript(settings.mark)});
    }
    if (${settings.examples}) {
      const answer = await fetch(location.pathname.replace(/\\/$/, '') + '/examples');
      if (answer.ok) fill(await answer.json());
    }
    // GraphiQL takes the editors' first contents from here alone: without this the first tab would have no variables.
    const [first] = options.defaultTabs;
    if (localStorage.getItem('graphiql:tabState') === null)
      for (const name of ['query', 'variables', 'headers']) localStorage.setItem('graphiql:' + name, first[name]);
  } catch (error) {
    console.warn('The examples are not filled in.', error);
  }
  YogaGraphiQL.renderYogaGraphiQL(document.querySelector('#root'), options);
})();
</script></body></html>`;

const optionsFor = (sandbox: Sandbox | null): object => {
  const { apiKey, walletId } = sandbox ?? { apiKey: null, walletId: null };
  return {
    title: 'Switchyard',
    defaultTabs: exampleTabs({ apiKey, walletId }),
    defaultHeaders: JSON.stringify({ 'X-API-KEY': apiKey ?? 'your API key' }, null, 2),
    shouldPersistHeaders: true,
    defaultEditorToolsVisibility: 'variables',
    // Over a WebSocket the page cannot send the headers that a visitor typed, over an event stream it can.
    subscriptionsProtocol: apiKey === null ? 'SSE' : 'WS',
    ...(apiKey === null ? {} : { connectionParams: { 'X-API-KEY': apiKey } }),
  };
};

interface Page {
  readonly gzipped: Buffer;
  readonly tag: string;
}

const makePage = async (sandbox: Sandbox | null): Promise<Page> => {
  // Nine megabytes that most processes never need.
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const html = renderGraphiQL({ title: 'Switchyard' });
  const at = html.lastIndexOf(start);
  if (at === -1) throw new Error('the page of @graphql-yoga/render-graphiql is not what this file was written for');
  const options = optionsFor(sandbox);
  const mark = createHash('sha256').update(JSON.stringify(options)).digest('base64url').slice(0, 16);
  const page = html.slice(0, at) + bootScript({ options, examples: sandbox !== null, mark });
  return { gzipped: await compress(page), tag: `"${createHash('sha256').update(page).digest('base64url').slice(0, 24)}"` };
};

const hostPattern = /^[a-z0-9.-]+(:\d+)?$|^\[[0-9a-f:]+\](:\d+)?$/i;

const policy = (host: string | undefined): string => {
  // Not every browser takes 'self' for a WebSocket of the same origin.
  const sockets = host !== undefined && hostPattern.test(host) ? ` ws://${host} wss://${host}` : '';
  return [
    "default-src 'none'",
    "script-src 'unsafe-inline' blob:",
    "style-src 'unsafe-inline'",
    'worker-src blob:',
    'font-src data:',
    "img-src 'self' data:",
    `connect-src 'self'${sockets}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
};

export interface PlaygroundDeps {
  readonly sandbox: Sandbox | null;
  readonly examples: () => Promise<Examples>;
}

export const createPlayground = (deps: PlaygroundDeps): Playground => {
  let made: Promise<Page> | undefined;
  const page = (): Promise<Page> => {
    made ??= makePage(deps.sandbox).catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
  return {
    wanted: (req) => req.method === 'GET' && req.headers.accept?.includes('text/html') === true,
    page: async (req, res) => {
      const { gzipped, tag } = await page();
      const headers = {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': policy(req.headers.host),
        'cache-control': 'private, no-cache',
        etag: tag,
        vary: 'accept, accept-encoding',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
      };
      if (req.headers['if-none-match'] === tag) {
        res.writeHead(304, headers).end();
        return;
      }
      const takesGzip = /\bgzip\b/.test(String(req.headers['accept-encoding'] ?? ''));
      if (takesGzip) send(res, { status: 200, headers: { ...headers, 'content-encoding': 'gzip' }, body: gzipped });
      else send(res, { status: 200, headers, body: await decompress(gzipped) });
    },
    examples: async (res) => send(res, json(200, await deps.examples())),
  };
};
