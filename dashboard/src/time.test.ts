import { expect, test } from 'vitest';
import { duration, exact, relative } from './time';

test.each([
  [-5, '0 ms'],
  [999, '999 ms'],
  [1_234, '1.23 s'],
  [9_999, '9.99 s'],
  [59_999, '59 s'],
  [125_000, '2 min 5 s'],
  [11_045_000, '3 h 4 min'],
  [183_600_000, '2 d 3 h'],
])('%d ms take %s', (ms, words) => {
  expect(duration(ms)).toBe(words);
});

test.each([
  [999, 'now'],
  [12_400, '12 s ago'],
  [-12_400, 'in 12 s'],
  [300_000, '5 min ago'],
  [47 * 3_600_000, '47 h ago'],
  [-72 * 3_600_000, 'in 3 d'],
])('a moment %d ms back is %s', (back, words) => {
  expect(relative(1_000_000_000 - back, 1_000_000_000)).toBe(words);
});

test('the exact time has milliseconds, a zone and UTC', () => {
  expect(exact('2026-01-31T23:59:59.123Z')).toMatch(
    /^2026-0[12]-\d\d \d\d:\d\d:59\.123 [+-]\d\d:\d\d\n2026-01-31T23:59:59\.123Z$/,
  );
  expect(exact('nonsense')).toBe('nonsense');
});
