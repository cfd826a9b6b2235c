// The screens in a real browser against a real node: node screens.mjs URL CHROMIUM [FOLDER FOR SCREENSHOTS]
// Ends with 0 if all is as it should be; else says what is not.
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

const [base, executablePath, shots] = process.argv.slice(2);
const flags = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
];
const SCRIPT = '<script>window.hurt = 1</script><img src=x onerror="window.hurt = 2">';

async function enqueue(job) {
  const response = await fetch(new URL('api/v1/jobs', base), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof job === 'string' ? job : JSON.stringify(job),
  });
  assert.equal(response.status, 200, await response.clone().text());
  return (await response.json()).jobs[0].id;
}

const browser = await chromium.launch({ executablePath, args: flags });
const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
const page = await context.newPage();
page.setDefaultTimeout(20_000);
const wrong = [];
page.on('console', (message) => message.type() === 'error' && wrong.push(`console: ${message.text()}`));
page.on('pageerror', (error) => wrong.push(`error: ${error.message}`));
page.on('response', (response) => response.status() >= 400 && wrong.push(`${response.status()} ${response.url()}`));
page.on('dialog', (dialog) => wrong.push(`dialog: ${dialog.message()}`));

const steps = [];
const step = (name, run) => steps.push([name, run]);
const open = (hash) => page.goto(new URL(`#/${hash}`, base).href);
const state = (word) => page.getByTestId('state').getByText(word, { exact: true }).waitFor();
const row = (id) => page.locator(`tr[data-job="${id}"]`);
const shot = (name) => shots && page.screenshot({ path: `${shots}/${name}.png` });

step('a node without jobs teaches how to make the first', async () => {
  await open('');
  await page.getByText('curl', { exact: false }).first().waitFor();
});

let failed;
step('a failed job is found from the overview, and shown with its reason as text', async () => {
  await open('');
  failed = await enqueue({ kind: 'fail', queue: 'mail', payload: { message: `refused ${SCRIPT}` }, maxAttempts: 1 });
  for (let i = 0; i < 30; i++) {
    await enqueue({ kind: 'sleep', queue: i % 2 ? 'reports' : 'mail', payload: { millis: 100 + i * 20 } });
  }
  await page.getByTestId('count-discarded').getByText('1', { exact: true }).waitFor();
  await shot('overview');
  await page.getByTestId('count-discarded').click();
  await row(failed).getByText('refused', { exact: false }).waitFor();
  await row(failed).getByText(failed).click();
  await state('discarded');
  assert.ok((await page.getByTestId('content-payload').innerText()).includes('<script>window.hurt = 1</script>'));
  assert.ok((await page.getByLabel('Why it ended').innerText()).includes('<script>'));
  assert.equal(await page.evaluate('window.hurt'), undefined, 'a script in a payload ran');
  await shot('job');
});

step('it is retried, and what comes of it is seen without a reload', async () => {
  await page.getByRole('button', { name: 'Retry' }).click();
  await page.getByText('2 of 2', { exact: true }).waitFor();
  await page.getByLabel('Earlier runs').waitFor();
  await state('discarded');
});

step('numbers that no JavaScript number holds are shown exactly', async () => {
  const id = await enqueue('{"kind":"nobody","queue":"odd","payload":{"n":9007199254740993,"e":1e400,"z":-0.0}}');
  await open(`jobs/${id}`);
  await state('available');
  const shown = await page.getByTestId('content-payload').innerText();
  for (const number of ['9007199254740993', '1e400', '-0.0']) {
    assert.ok(shown.includes(number), `${number} in ${shown}`);
  }
});

step('a running job is followed to its end and result', async () => {
  const id = await enqueue({ kind: 'sleep', payload: { millis: 1500 } });
  await open(`jobs/${id}`);
  await state('completed');
  assert.ok((await page.getByTestId('content-result').innerText()).includes('sleptMillis'));
});

step('a scheduled job is cancelled; doing so again is refused with a sentence', async () => {
  const id = await enqueue({ kind: 'sleep', queue: 'later', payload: { millis: 1 }, delayMillis: 3_600_000 });
  await open(`jobs/${id}`);
  await state('scheduled');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await state('cancelled');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByTestId('trouble').getByText('cannot be cancelled', { exact: false }).waitFor();
  wrong.splice(0, wrong.length, ...wrong.filter((each) => !each.includes('409')));
});

step('new jobs appear in the list, which is filtered by its address', async () => {
  await open('jobs?queue=live');
  await page.getByTestId('live').and(page.locator('[data-status="live"]')).waitFor();
  const id = await enqueue({ kind: 'sleep', queue: 'live', payload: { millis: 10 } });
  await row(id).getByText('completed').waitFor();
  assert.equal(await page.locator('tr[data-job]').count(), 1);
  await open('jobs');
  await row(id).waitFor();
  await page.locator('tr[data-job]').nth(10).waitFor();
  await shot('jobs');
});

step('a queue is paused and resumed', async () => {
  await open('queues');
  const queue = page.getByTestId('queue-mail');
  await queue.getByRole('button', { name: /pause/i }).click();
  await queue.getByText('paused', { exact: false }).first().waitFor();
  const id = await enqueue({ kind: 'sleep', queue: 'mail', payload: { millis: 1 } });
  await shot('queues');
  await queue.getByRole('button', { name: /resume/i }).click();
  await open(`jobs/${id}`);
  await state('completed');
});

step('keys move, open and go', async () => {
  await open('jobs?queue=reports');
  await page.locator('tr[data-job]').nth(2).waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await state('completed');
  await page.keyboard.press('g');
  await page.keyboard.press('q');
  await page.getByRole('heading', { name: 'Queues' }).waitFor();
  await page.keyboard.press('?');
  await page.getByText('search', { exact: false }).first().waitFor();
});

step('nothing was complained about', async () => assert.deepEqual(wrong, []));

let code = 0;
for (const [name, run] of steps) {
  try {
    await run();
    console.log(`ok    ${name}`);
  } catch (error) {
    console.log(`WRONG ${name}\n${error.stack}\nseen: ${wrong.join('; ')}\n${await page.innerText('body').catch(() => '')}`);
    if (shots) {
      await page.screenshot({ path: `${shots}/wrong.png` });
    }
    code = 1;
    break;
  }
}
await browser.close();
process.exit(code);
