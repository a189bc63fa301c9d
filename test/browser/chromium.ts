// A browser for tests: headless Chromium over its debugging pipe, with no library in between. Every address that a page or one of its workers
// asks for is kept, so that a test can say what never happened.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

type Json = Readonly<Record<string, unknown>>;
type Listener = (params: Json, session: string | undefined) => void;

/** Chromium's own protocol: commands with their answers, and events. */
interface Protocol {
  send(method: string, params?: Json, session?: string): Promise<Json>;
  on(method: string, listener: Listener): void;
}

export interface Page {
  /** The value of an expression in the page; promises are awaited. @throws what the page throws. */
  evaluate(expression: string): Promise<unknown>;
  /** The first truthy value of an expression, asked ten times a second for `seconds` (20). */
  until(expression: string, seconds?: number): Promise<unknown>;
  /** A click in the middle of the first element that fits. */
  click(selector: string): Promise<void>;
  /** All that is in the editor that was clicked last. */
  selectAll(): Promise<void>;
  /** From the clipboard, where the cursor is: editors help typed text along. */
  paste(text: string): Promise<void>;
  /** What is seen now, as PNG. */
  screenshot(): Promise<Buffer>;
}

export interface Browser {
  open(url: string): Promise<Page>;
  /** Every address that a page or worker asked for, WebSockets included, in order. */
  readonly asked: readonly string[];
  /** What pages wrote into their console as errors, and what they threw. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

/** Where Chromium lies on this machine; null when it does not. */
export const findChromium = (): string | null => {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'chrome'];
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find((path) => existsSync(path)) ?? null;
};

const flags = (profile: string, { width, height }: Size): readonly string[] => [
  '--headless=new',
  '--remote-debugging-pipe',
  `--user-data-dir=${profile}`,
  `--window-size=${width},${height}`,
  '--force-color-profile=srgb',
  '--hide-scrollbars',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Nothing but this machine has a name: a request to elsewhere could not even begin.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
  // Its sandbox does not start for root, which a container's user often is.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  'about:blank',
];

interface Size {
  readonly width: number;
  readonly height: number;
}

const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null;
const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Messages are JSON with a zero byte behind each. */
const connect = (to: Writable, from: Readable): Protocol => {
  const waiting = new Map<number, { readonly resolve: (result: Json) => void; readonly reject: (error: Error) => void }>();
  const listeners: (readonly [string, Listener])[] = [];
  let last = 0;
  let rest = '';
  const take = (message: Json): void => {
    const { id, method, params, result, error, sessionId } = message;
    if (typeof id === 'number') {
      const asked = waiting.get(id);
      waiting.delete(id);
      if (error === undefined) asked?.resolve(isRecord(result) ? result : {});
      else asked?.reject(new Error(`the browser refused: ${JSON.stringify(error)}`));
    }
    for (const [name, listener] of listeners)
      if (name === method) listener(isRecord(params) ? params : {}, typeof sessionId === 'string' ? sessionId : undefined);
  };
  from.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\0');
    rest = parts.pop() ?? '';
    for (const part of parts) take(JSON.parse(part));
  });
  from.on('close', () => {
    for (const asked of waiting.values()) asked.reject(new Error('the browser has ended'));
    waiting.clear();
  });
  to.on('error', () => undefined);
  return {
    on: (method, listener) => void listeners.push([method, listener]),
    send: (method, params = {}, session) =>
      new Promise((resolve, reject) => {
        last += 1;
        waiting.set(last, { resolve, reject });
        to.write(`${JSON.stringify({ id: last, method, params, ...(session === undefined ? {} : { sessionId: session }) })}\0`);
      }),
  };
};

const pageOf = (protocol: Protocol, session: string): Page => {
  const evaluate = async (expression: string): Promise<unknown> => {
    const said = await protocol.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true }, session);
    if (isRecord(said.exceptionDetails)) throw new Error(`in the page: ${JSON.stringify(said.exceptionDetails)}`);
    return isRecord(said.result) ? said.result.value : undefined;
  };
  const until = async (expression: string, seconds = 20): Promise<unknown> => {
    for (const end = Date.now() + seconds * 1000; ; ) {
      const value = await evaluate(expression);
      if (value) return value;
      if (Date.now() > end) throw new Error(`after ${seconds} s the page still does not say: ${expression}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  const press = async (name: string, command: string): Promise<void> => {
    const windowsVirtualKeyCode = name.toUpperCase().charCodeAt(0);
    const key = { modifiers: 2, key: name, code: `Key${name.toUpperCase()}`, windowsVirtualKeyCode };
    await protocol.send('Input.dispatchKeyEvent', { ...key, type: 'rawKeyDown', commands: [command] }, session);
    await protocol.send('Input.dispatchKeyEvent', { ...key, type: 'keyUp' }, session);
  };
  return {
    evaluate,
    until,
    click: async (selector) => {
      const found = `document.querySelector(${JSON.stringify(selector)})`;
      await until(`${found} !== null`);
      const at = await evaluate(
        `(() => { const { x, y, width, height } = ${found}.getBoundingClientRect(); return { x: x + width / 2, y: y + height / 2 }; })()`,
      );
      const mouse = { ...(isRecord(at) ? at : {}), button: 'left', clickCount: 1 };
      for (const type of ['mousePressed', 'mouseReleased']) await protocol.send('Input.dispatchMouseEvent', { ...mouse, type }, session);
    },
    selectAll: () => press('a', 'selectAll'),
    paste: async (text) => {
      await protocol.send('Browser.grantPermissions', { permissions: ['clipboardReadWrite', 'clipboardSanitizedWrite'] });
      await evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
      await press('v', 'paste');
    },
    screenshot: async () => {
      const { data } = await protocol.send('Page.captureScreenshot', { format: 'png' }, session);
      return Buffer.from(textOf(data), 'base64');
    },
  };
};

/** Listens to a page or worker from its first request on: it is held until this is done. */
const watch = (protocol: Protocol, asked: string[], complaints: string[]): void => {
  const keep = (url: unknown): void => void asked.push(textOf(url));
  protocol.on('Network.requestWillBeSent', ({ request }) => keep(isRecord(request) ? request.url : request));
  protocol.on('Network.webSocketCreated', ({ url }) => keep(url));
  protocol.on('Runtime.exceptionThrown', ({ exceptionDetails }) => void complaints.push(JSON.stringify(exceptionDetails)));
  protocol.on('Log.entryAdded', ({ entry }) => {
    if (isRecord(entry) && entry.level === 'error') complaints.push(JSON.stringify(entry));
  });
  protocol.on('Target.attachedToTarget', ({ sessionId }) => void listenIn(protocol, textOf(sessionId)));
};

const listenIn = async (protocol: Protocol, session: string): Promise<void> => {
  const autoAttach = { autoAttach: true, waitForDebuggerOnStart: true, flatten: true };
  const all = ['Network.enable', 'Runtime.enable', 'Log.enable'].map((method) => protocol.send(method, {}, session));
  // Some kinds of target know not all of these.
  await Promise.allSettled([...all, protocol.send('Target.setAutoAttach', autoAttach, session)]);
  await protocol.send('Runtime.runIfWaitingForDebugger', {}, session).catch(() => undefined);
};

const ended = (child: ChildProcess): Promise<void> =>
  child.exitCode !== null || child.signalCode !== null ? Promise.resolve() : new Promise((resolve) => child.once('exit', () => resolve()));

/** Until `close` there is a browser, with a profile of its own that is removed at the end. */
export const startChromium = async (program: string, size: Size = { width: 1440, height: 900 }): Promise<Browser> => {
  const profile = mkdtempSync(join(tmpdir(), 'switchyard-chromium-'));
  const child = spawn(program, flags(profile, size), { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
  const failed = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${program} ended with ${code}`)));
  });
  failed.catch(() => undefined);
  const [, , , to, from] = child.stdio;
  if (!to || !from || !('write' in to) || !('read' in from)) throw new Error('the browser has no pipe');
  const protocol = connect(to as Writable, from as Readable);
  const asked: string[] = [];
  const complaints: string[] = [];
  watch(protocol, asked, complaints);
  await Promise.race([protocol.send('Browser.getVersion'), failed]);
  return {
    asked,
    complaints,
    open: async (url) => {
      const { targetId } = await protocol.send('Target.createTarget', { url: 'about:blank', newWindow: true });
      const { sessionId } = await protocol.send('Target.attachToTarget', { targetId: textOf(targetId), flatten: true });
      const session = textOf(sessionId);
      await Promise.all([protocol.send('Page.enable', {}, session), listenIn(protocol, session)]);
      await protocol.send('Emulation.setDeviceMetricsOverride', { ...size, deviceScaleFactor: 1, mobile: false }, session);
      await protocol.send('Page.navigate', { url }, session);
      return pageOf(protocol, session);
    },
    close: async () => {
      await Promise.race([protocol.send('Browser.close').catch(() => undefined), new Promise((resolve) => setTimeout(resolve, 5000))]);
      if (child.exitCode === null) child.kill('SIGKILL');
      await ended(child);
      // Its helpers end a moment after it, and write until then.
      await rm(profile, { recursive: true, force: true, maxRetries: 15 });
    },
  };
};
