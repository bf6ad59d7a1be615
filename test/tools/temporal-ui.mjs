// Opens one page of the Temporal UI in headless Chromium, waits until it shows what it should, and keeps a screenshot.
//
//   node temporal-ui.mjs <screenshot.png> <url> <text that must show>…
//
// Environment: CHROMIUM, the browser's program.
import { withPage } from './chromium.mjs';

const [screenshot, url, ...texts] = process.argv.slice(2);

await withPage(async (page) => {
  await page.open(url);
  let shown = '';
  const isComplete = await page.until(async () => {
    shown = await page.textOf();
    return texts.every((text) => shown.includes(text));
  });
  await page.capture(screenshot);
  if (!isComplete) {
    console.log(`Missing on ${url}: ${texts.filter((text) => !shown.includes(text)).join(' · ')}\nIt shows:\n${shown}`);
    process.exitCode = 1;
  }
});
