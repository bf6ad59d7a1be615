// Opens one page of the Temporal UI in headless Chromium, waits until it shows what it should, and keeps a screenshot.
//
//   node temporal-ui.mjs <screenshot.png> <url> <text that must show>…
//
// Environment: CHROMIUM, the browser's program. LIST_COLUMNS, the columns of the list, separated by commas. VIEWPORT, the
// page's size, such as 1500x1100. CLIP, the part to keep: x,y,width,height.
import { withPage } from './chromium.mjs';

const [screenshot, url, ...texts] = process.argv.slice(2);
const [width, height] = (process.env.VIEWPORT ?? '1500x1100').split('x').map(Number);
const clip = process.env.CLIP?.split(',').map(Number);
const columns = process.env.LIST_COLUMNS?.split(',').map((label) => ({ label, pinned: false }));

await withPage(async (page) => {
  await page.resize(width, height);
  // Where the UI keeps what was chosen by hand.
  const stored = JSON.stringify(JSON.stringify({ default: columns }));
  if (columns) await page.beforeLoading(`localStorage.setItem('namespace-workflow-table-columns', ${stored})`);
  await page.open(url);
  let shown = '';
  const isComplete = await page.until(async () => {
    shown = await page.textOf();
    return texts.every((text) => shown.includes(text));
  });
  await page.capture(screenshot, clip);
  if (!isComplete) {
    console.log(`Missing on ${url}: ${texts.filter((text) => !shown.includes(text)).join(' · ')}\nIt shows:\n${shown}`);
    process.exitCode = 1;
  }
});
