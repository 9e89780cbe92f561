// Drives one page of Chromium for tests/e2e/browser.py: reads a JSON command per line
// and writes a JSON answer per line. Functions arrive as text and are created here,
// because the page's Content-Security-Policy forbids that in the page.

import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const require = createRequire(import.meta.url);
// The login for HTTP authentication: {"username": …, "password": …}.
const [executablePath, person] = process.argv.slice(2);
const PATIENCE = 15000 * Number(process.env.NTM_SLOW ? 4 : 1);

const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking',
    '--disable-dev-shm-usage',
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'],
});
const context = await browser.newContext({
  viewport: { width: 1360, height: 900 },
  httpCredentials: person ? JSON.parse(person) : undefined });
const page = await context.newPage();
page.setDefaultTimeout(PATIENCE);
const faults = [];
page.on('console', (message) => {
  if (message.type() === 'error') faults.push(message.text());
});
page.on('pageerror', (error) => faults.push(String(error)));
const asked = [];
page.on('request', (request) => asked.push(request.url()));

const functionOf = (source) => (0, eval)(`(${source})`);

const commands = {
  // Runs in every page before the page's scripts.
  before: async ({ source }) => { await page.addInitScript(source); },
  open: async ({ url }) => { await page.goto(url); },
  // The next page starts with an empty cache and no stored data.
  forget: async () => {
    await page.goto('about:blank');
    const session = await context.newCDPSession(page);
    await session.send('Network.clearBrowserCache');
    await session.detach();
  },
  reload: async () => { await page.reload(); },
  evaluate: async ({ source, argument }) =>
    page.evaluate(functionOf(source), argument),
  wait: async ({ source, argument, ms }) => (await page.waitForFunction(
    functionOf(source), argument, { timeout: ms || PATIENCE, polling: 50 }))
    .jsonValue(),
  click: async ({ selector }) => { await page.click(selector); },
  fill: async ({ selector, value }) => { await page.fill(selector, value); },
  press: async ({ key }) => { await page.keyboard.press(key); },
  select: async ({ selector, value }) => {
    await page.selectOption(selector, value);
  },
  viewport: async ({ width, height }) => {
    await page.setViewportSize({ width, height });
  },
  scheme: async ({ scheme }) => {
    await page.emulateMedia({ colorScheme: scheme });
  },
  // From now on this is the answer for this path.
  answer: async ({ path, status, body }) => {
    await page.route((url) => url.pathname === path, (route) => route.fulfill({
      status: status || 200, contentType: 'application/json',
      body: JSON.stringify(body) }));
  },
  screenshot: async ({ path, fullPage, clip }) => {
    await page.screenshot({ path, fullPage, clip });
  },
  axe: async () => {
    const source = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
    // Like the browser's developer tools, independent of the page's policy.
    const session = await context.newCDPSession(page);
    await session.send('Runtime.evaluate', { expression: source });
    return page.evaluate(async () => {
      const found = await axe.run(document, { resultTypes: ['violations'] });
      return found.violations.map((v) => ({ id: v.id, impact: v.impact,
        help: v.help, nodes: v.nodes.map((n) => n.html.slice(0, 160) + ' ' +
          (n.any[0]?.message ?? '')) }));
    });
  },
  // The memory of the page after a garbage collection.
  memory: async () => {
    const session = await context.newCDPSession(page);
    await session.send('HeapProfiler.enable');
    await session.send('HeapProfiler.collectGarbage');
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize } = await session.send('Runtime.getHeapUsage');
    const counts = await session.send('Memory.getDOMCounters');
    await session.detach();
    return { heap: usedSize, nodes: counts.nodes,
      listeners: counts.jsEventListeners };
  },
  faults: async () => faults.splice(0),
  asked: async () => asked.splice(0),
};

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  let answer;
  try {
    answer = { value: (await commands[command.do](command)) ?? null };
  } catch (error) {
    answer = { error: String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await browser.close();
