/*
 * Draws the pictures that a package needs from the SVG in build/icons: `node build/draw-icons.mjs`. Needs a
 * Chromium (CHROMIUM names it).
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), 'icons');
const pictures = [
  ['icon', 'icon.png', 512],
  ['tray', 'tray.png', 32],
  ['tray-template', 'tray-template.png', 32],
  ...['tray-in', 'tray-waiting'].flatMap(name => [
    [name, `${name}.png`, 32],
    [`${name}-template`, `${name}-template.png`, 32],
  ]),
];

const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
const page = await browser.newPage();
for (const [source, target, size] of pictures) {
  const svg = await readFile(path.join(folder, `${source}.svg`), 'utf8');
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<style>*{margin:0}svg{display:block;width:100vw;height:100vh}</style>${svg}`);
  await page.screenshot({ path: path.join(folder, target), omitBackground: true });
}
await browser.close();
