import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const css = readFileSync(new URL('../src/styles/tokens.css', import.meta.url), 'utf8');
const [light = '', dark = ''] = css.split('@media');

function colours(block) {
  return new Map([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map((found) => [found[1], found[2]]));
}

function luminance(colour) {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one, other) {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

describe.each([
  ['light', colours(light)],
  ['dark', colours(dark)],
])('in the %s look', (_, tokens) => {
  const texts = [...tokens.keys()].filter((name) => !/^(ground|line|on-|accent-ground|focus|chart)/.test(name));

  test.each(texts)('text in %s can be read on every ground', (text) => {
    for (const ground of ['ground', 'ground-2']) {
      expect(contrast(tokens.get(text), tokens.get(ground)), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    }
  });

  test.each([
    ['on-accent', 'accent'],
    ['accent', 'accent-ground'],
    ['text', 'ground-3'],
    ['text-2', 'ground-3'],
  ])('%s can be read on %s', (text, ground) => {
    expect(contrast(tokens.get(text), tokens.get(ground))).toBeGreaterThanOrEqual(4.5);
  });

  test.each(['chart-in', 'chart-out', 'focus'])('%s stands out from the ground', (mark) => {
    expect(contrast(tokens.get(mark), tokens.get('ground'))).toBeGreaterThanOrEqual(3);
  });
});

test('both looks have the same colours', () => {
  expect([...colours(dark).keys()]).toEqual([...colours(light).keys()]);
});
