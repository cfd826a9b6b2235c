// @vitest-environment happy-dom
import { afterEach, expect, test } from 'vitest';
import { handleKey, onKeys } from './keys';

let did: string[] = [];
let ends: (() => void)[] = [];

function on(...keys: string[]) {
  const end = onKeys(Object.fromEntries(keys.map((key) => [key, () => did.push(key)])));
  ends.push(end);
  return end;
}

function press(key: string, init: KeyboardEventInit = {}, target: HTMLElement = document.body) {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init });
  target.addEventListener('keydown', handleKey, { once: true });
  target.dispatchEvent(event);
}

afterEach(() => {
  ends.forEach((end) => end());
  ends = [];
  did = [];
});

test('a key does what it means here, and nothing else', () => {
  on('j', '?');
  ['j', 'k', '?', 'g', 'j'].forEach((key) => press(key));
  expect(did).toEqual(['j', '?']);
});

test('g and a letter go somewhere', () => {
  on('j', 'g j');
  ['g', 'j', 'j', 'g', 'x', 'j'].forEach((key) => press(key));
  expect(did).toEqual(['g j', 'j', 'j']);
});

test('a later meaning hides an earlier one until it ends', () => {
  on('r');
  const end = onKeys({ r: () => did.push('later') });
  press('r');
  end();
  press('r');
  expect(did).toEqual(['later', 'r']);
});

test('nobody is disturbed who writes, or who holds a modifier', () => {
  on('r');
  const input = document.body.appendChild(document.createElement('input'));
  press('r', {}, input);
  press('r', { ctrlKey: true });
  press('r', { metaKey: true });
  expect(did).toEqual([]);
  input.type = 'checkbox';
  press('r', {}, input);
  expect(did).toEqual(['r']);
});
