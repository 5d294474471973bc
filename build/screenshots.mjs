/*
 * Draws every state of Gatehouse's own windows, light and dark, wide and narrow, into doc/screenshots/: `node
 * build/screenshots.mjs`; with names, those states only. The pages are the built ones; the core behind them
 * is a table of answers, so that a picture of a rare state (a core that is lost) is the same every time.
 * Needs a Chromium (CHROMIUM names it) and a build.
 */
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import { openState, states } from './screenshot-states.mjs';

const target = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', 'doc', 'screenshots');

async function draw(browser, state, scheme, width) {
  const { page, problems } = await openState(browser, state, scheme, width);
  await page.screenshot({
    path: path.join(target, `${state.name}-${scheme}-${width}.png`),
    animations: 'disabled',
  });
  await page.context().close();
  if (problems.length > 0) throw new Error(`${state.name}, ${scheme}, ${width}: ${problems.join('; ')}`);
}

const only = process.argv.slice(2);
if (only.length === 0) await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
try {
  for (const state of states.filter(({ name }) => only.length === 0 || only.includes(name))) {
    for (const scheme of ['light', 'dark']) {
      for (const width of [880, 560]) await draw(browser, state, scheme, width);
    }
  }
} finally {
  await browser.close();
}
