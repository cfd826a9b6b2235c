import { expect, test } from 'vitest';
import { NO_JOBS } from '../states';
import { SPAN, STEP, add, latest, rates, sample } from './rates';
import type { Sample } from './rates';

const NOW = 1_000_000_000;
const at = (seconds: number, enqueued: number, finished = 0): Sample => ({ at: NOW + seconds * 1_000, enqueued, finished });

test('a count of jobs becomes jobs per second', () => {
  const samples = [at(-20, 100, 10), at(-10, 150, 30), at(0, 250, 30)];
  const { enqueued, finished } = rates(samples, NOW);
  expect(enqueued.slice(-4)).toEqual([5, 5, 10, 10]);
  expect(finished.slice(-4)).toEqual([2, 2, 0, 0]);
  expect(enqueued).toHaveLength(SPAN / STEP);
  expect(enqueued.at(-5)).toBeNull();
  expect(latest(enqueued)).toBe(10);
});

test('no news means that nothing changed, for a while', () => {
  const { enqueued } = rates([at(-60, 0), at(-55, 50)], NOW);
  expect(enqueued.at(-12)).toBe(10);
  expect(enqueued.slice(-11, -5)).toEqual([0, 0, 0, 0, 0, 0]);
  expect(enqueued.slice(-5)).toEqual([null, null, null, null, null]);
});

test('nothing is made up for a time in which nobody looked', () => {
  const { enqueued } = rates([at(-200, 0), at(-100, 5_000), at(-95, 5_010)], NOW);
  expect(Math.max(...enqueued.map((value) => value ?? 0))).toBe(2);
});

test('a count that falls is no negative rate', () => {
  expect(Math.min(...rates([at(-10, 5, 5), at(0, 5, 4)], NOW).finished.map((value) => value ?? 0))).toBe(0);
});

test('samples are kept for the span only, in order of time', () => {
  let samples: readonly Sample[] = [];
  for (let second = 0; second < 1_000; second++) {
    samples = add(samples, at(second, second));
  }
  expect(samples.length).toBeLessThan(340);
  expect(add(samples, at(500, 1)).at(-1)!.enqueued).toBe(1);
});

test('a sample counts all jobs, and those that ended', () => {
  expect(sample(1, { ...NO_JOBS, available: 1, completed: 2, discarded: 3, cancelled: 4 })).toEqual({
    at: 1,
    enqueued: 10,
    finished: 9,
  });
});
