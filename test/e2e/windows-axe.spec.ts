/* Every state of Gatehouse's own windows, read by axe: light and dark, wide and narrow. */
import { AxeBuilder } from '@axe-core/playwright';
import { existsSync } from 'node:fs';
import { chromium, expect, test, type Browser } from '@playwright/test';
import { openState, states } from '../../build/screenshot-states.mjs';
import { chromiumPath } from './support/network.ts';

test.skip(!existsSync(chromiumPath) && process.env['CI'] !== 'true', 'Chromium is not installed.');

let browser: Browser;
test.beforeAll(async () => {
  browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox'] });
});
test.afterAll(() => browser?.close());

for (const state of states) {
  test(`${state.name}: nothing serious, nothing too wide`, async () => {
    for (const [scheme, width] of [
      ['light', 880],
      ['dark', 560],
    ] as const) {
      const { page, problems } = await openState(browser, state, scheme, width);
      expect(problems).toEqual([]);
      const { violations } = await new AxeBuilder({ page }).analyze();
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      const told = serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
      expect(told, `${scheme}, ${width}`).toEqual([]);
      await page.context().close();
    }
  });
}
