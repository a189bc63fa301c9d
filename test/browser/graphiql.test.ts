// The playground in a real browser, as a newcomer uses it: an invoice is created, somebody pays it, the subscription says PAID; and not
// one request leaves this machine. SWITCHYARD_SCREENSHOT=<path> keeps what is seen at the end (docs/graphiql.png was made so).
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Browser, findChromium, type Page, startChromium } from './chromium.ts';
import { type RunningSandbox, startSandbox } from './sandbox.ts';

let sandbox: RunningSandbox;
let browser: Browser;
beforeAll(async () => {
  const program = findChromium();
  if (program === null) throw new Error('there is no chromium on this machine: apt-get install chromium');
  sandbox = await startSandbox();
  browser = await startChromium(program, { width: 1280, height: 640 });
});
afterAll(async () => {
  await browser?.close();
  await sandbox?.close();
});

const tabsScript = `[...document.querySelectorAll('.graphiql-tab-button')]`;
// An editor shows no ordinary spaces, and breaks long words.
const textIn = (selector: string): string =>
  `(document.querySelector('${selector} .view-lines')?.innerText?.replaceAll('\\u00a0', ' ') ?? '')`;
const answerScript = textIn('.graphiql-response');
const variablesScript = textIn('.graphiql-editor-tool');

interface Tabs {
  /** Opens a tab and waits until its query and variables are in the editors. */
  show(name: string): Promise<void>;
  /** Puts other variables into the editor: the payment request of an invoice. */
  setRequest(paymentRequest: string): Promise<void>;
  /** Runs what is in the editors. */
  run(): Promise<void>;
  /** The answer as soon as it contains `text`, without the breaks that the editor makes. */
  answer(text: string): Promise<string>;
  readonly page: Page;
}

const openTabs = async (): Promise<Tabs> => {
  const page = await browser.open(sandbox.endpoint);
  await page.until(`${tabsScript}.length > 1 && ${variablesScript}.includes('}')`, 60);
  return {
    page,
    show: async (name) => {
      await page.evaluate(`${tabsScript}.find((tab) => tab.textContent === '${name}').click()`);
      await page.until(`${textIn('.graphiql-query-editor')}.includes(' ${name}')`);
      // GraphiQL reads the name of the operation a moment after it shows it.
      await new Promise((resolve) => setTimeout(resolve, 600));
    },
    setRequest: async (paymentRequest) => {
      await page.click('.graphiql-editor-tool .monaco-editor');
      await page.selectAll();
      await page.paste(JSON.stringify({ input: { paymentRequest } }, null, 2));
      await page.until(`${variablesScript}.includes('${paymentRequest}')`);
    },
    run: () => page.click('.graphiql-execute-button'),
    answer: async (text) => {
      await page.until(`${answerScript}.includes('${text}')`, 30);
      return String(await page.evaluate(answerScript)).replaceAll(/\s*\n\s*/g, '');
    },
  };
};

const found = (pattern: RegExp, text: string): string => pattern.exec(text)?.[1] ?? expect.fail(`${pattern} is not in ${text}`);

describe('GraphiQL', { timeout: 180_000 }, () => {
  test('creates an invoice, and shows PAID when the simulated payer has paid it in another window', async () => {
    const tabs = await openTabs();
    expect(await tabs.page.evaluate(variablesScript)).toContain(sandbox.walletId);
    await tabs.run();
    const created = await tabs.answer('paymentRequest');
    const paymentRequest = found(/"paymentRequest": ?"(lnbcrt[0-9a-z]+)"/, created);
    expect(created).toContain('"satoshis": 2100');

    await tabs.show('FollowInvoice');
    await tabs.setRequest(paymentRequest);
    await tabs.run();
    expect(await tabs.answer('PENDING')).toContain('"paymentPreimage": null');

    const payer = await openTabs();
    await payer.show('PayerPays');
    await payer.setRequest(paymentRequest);
    await payer.run();
    expect(await payer.answer('detail')).toContain('"paid": true');

    const paid = await tabs.answer('PAID');
    expect(paid).toMatch(/"paymentPreimage": ?"[0-9a-f]{64}"/);
    const picture = await tabs.page.screenshot();
    expect(picture.subarray(1, 4).toString()).toBe('PNG');
    expect(picture.length).toBeLessThan(300_000);
    if (process.env.SWITCHYARD_SCREENSHOT) writeFileSync(process.env.SWITCHYARD_SCREENSHOT, picture);
  });

  test('pays an invoice of somebody else as it stands, and shows where the money went', async () => {
    const tabs = await openTabs();
    await tabs.show('ProbeFee');
    await tabs.run();
    expect(await tabs.answer('amount')).toMatch(/"errors": \[\],"amount": \d+/);
    await tabs.show('PayInvoice');
    await tabs.run();
    expect(await tabs.answer('status')).toContain('"status": "SUCCESS"');
    await tabs.run();
    expect(await tabs.answer('ALREADY_PAID')).toContain('"errors": []');
    await tabs.show('Payment');
    await tabs.run();
    expect(await tabs.answer('attempts')).toContain('"satoshis": 21000');
    await tabs.show('Transactions');
    await tabs.run();
    expect(await tabs.answer('SEND')).toContain('"settlementAmount": -21');
  });

  test('asks nobody but this gateway, and nothing goes wrong in the page', () => {
    const { origin, host } = new URL(sandbox.endpoint);
    const elsewhere = browser.asked.filter(
      (url) => !['data:', 'blob:', `${origin}/`, `ws://${host}/`].some((start) => url.startsWith(start)),
    );
    expect(elsewhere).toEqual([]);
    expect(browser.asked).toContain(`ws://${host}/graphql`);
    expect(browser.asked.filter((url) => url.startsWith(`${origin}/`)).length).toBeGreaterThan(5);
    expect(browser.complaints).toEqual([]);
  });
});
