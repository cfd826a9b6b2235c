import { randomBytes } from 'node:crypto';
import { build } from 'vite';
import { beforeAll, expect, test, vi } from 'vitest';
import { BUDGET, firstLoad, weight } from './weight.mjs';

let files;

beforeAll(async () => {
  // As outside of a test: Svelte looks at it to tell a product from a trial.
  vi.stubEnv('NODE_ENV', 'production');
  vi.stubEnv('VITEST', '');
  const { output } = await build({ logLevel: 'silent', build: { write: false } });
  vi.unstubAllEnvs();
  files = Object.fromEntries(output.map((file) => [file.fileName, file]));
}, 60_000);

test('the first load is within its budget', () => {
  const bytes = firstLoad(files);
  console.log(`first load: ${(bytes / 1024).toFixed(1)} KB gzip of ${BUDGET / 1024} KB`);
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes).toBeLessThanOrEqual(BUDGET);
});

test('what is too heavy stops the build', () => {
  const heavy = { 'a.js': { type: 'chunk', code: randomBytes(2 * BUDGET).toString('base64') } };
  const context = {
    info: () => {},
    error: (line) => {
      throw new Error(line);
    },
  };
  expect(() => weight().generateBundle.handler.call(context, null, heavy)).toThrow('too heavy');
  expect(() => weight().generateBundle.handler.call(context, null, {})).not.toThrow();
});

// The server's content security policy allows scripts and styles from its own files only.
test('the page has no script, style or handler inside it', () => {
  const html = String(files['index.html'].source);
  expect(html).toMatch(/<script type="module"[^>]* src="\.\/assets\/[^"]+"><\/script>/);
  expect(html).not.toMatch(/<script(?![^>]* src=)/);
  expect(html).not.toMatch(/<style|\sstyle=|\son[a-z]+=|https?:/);
});

test('no code makes code, sets styles as text or asks another server', () => {
  for (const file of Object.values(files)) {
    if (file.type === 'chunk') {
      expect(file.code).not.toMatch(/\beval\(|new Function\(|fonts\.googleapis|cdn\./);
      // A template of Svelte with a style in it would be blocked by the policy, and be seen by nobody but the console.
      expect(file.code).not.toMatch(/<[a-z]+[^<>]* style=/);
    }
  }
});
