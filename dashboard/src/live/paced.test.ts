import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { paced } from './paced';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('many wishes are one run, and the next comes after the pause', async () => {
  let runs = 0;
  const work = paced(2_000, async () => void runs++);
  work.ask();
  work.ask();
  await vi.advanceTimersByTimeAsync(100);
  expect(runs).toBe(1);
  work.ask();
  await vi.advanceTimersByTimeAsync(1_900);
  expect(runs).toBe(1);
  await vi.advanceTimersByTimeAsync(200);
  expect(runs).toBe(2);
});

test('a wish during a run is not lost, and no two run at once', async () => {
  let running = 0;
  let most = 0;
  let end: () => void = () => {};
  const work = paced(10, async () => {
    most = Math.max(most, ++running);
    await new Promise<void>((resolve) => (end = resolve));
    running--;
  });
  work.now();
  work.now();
  work.ask();
  end();
  await vi.advanceTimersByTimeAsync(60);
  expect([running, most]).toEqual([1, 1]);
  work.stop();
  work.ask();
  end();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(running).toBe(0);
});
