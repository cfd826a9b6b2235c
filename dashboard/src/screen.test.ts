// @vitest-environment happy-dom
import { flushSync, mount, unmount } from 'svelte';
import { afterEach, expect, test, vi } from 'vitest';
import { ApiProblem } from './generated/client';
import type { Content, JobId, JobState, JobView } from './generated/types';
import { jobStates } from './generated/types';
import AmendPanel from './parts/AmendPanel.svelte';
import ContentView from './parts/ContentView.svelte';
import StateMark from './parts/StateMark.svelte';
import TroubleNote from './parts/TroubleNote.svelte';
import { trouble } from './problem';

let shown: Record<string, unknown>[] = [];

function show(component: typeof ContentView, props: Parameters<typeof ContentView>[1]): HTMLElement;
function show(component: typeof TroubleNote, props: Parameters<typeof TroubleNote>[1]): HTMLElement;
function show(component: typeof StateMark, props: Parameters<typeof StateMark>[1]): HTMLElement;
function show(component: unknown, props: unknown): HTMLElement {
  const target = document.body.appendChild(document.createElement('div'));
  shown.push(mount(component as typeof StateMark, { target, props: props as { state: JobState } }));
  flushSync();
  return target;
}

afterEach(async () => {
  await Promise.all(shown.map((one) => unmount(one)));
  shown = [];
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

const content = (text: string | null, base64: string | null = null): Content => ({
  contentType: 'application/json',
  size: 10,
  sha256: 'ab'.repeat(32),
  text,
  base64,
});

const HOSTILE = '<img src=x onerror="alert(1)"><script>alert(2)</script>';

test.each([JSON.stringify({ note: HOSTILE }), HOSTILE, `"${HOSTILE.replaceAll('"', '\\"')}"`])(
  'a payload is text, never HTML: %s',
  (text) => {
    const at = show(ContentView, { name: 'Payload', content: content(text) });
    expect(at.querySelector('img, script')).toBeNull();
    expect(at.querySelector('pre')!.textContent!.replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
  },
);

const waiting = {
  id: '05e44pt070000' as JobId,
  queue: 'mail',
  priority: 4,
  state: 'scheduled',
  payload: content('{"n":9007199254740993}'),
} as unknown as JobView;

function amending(answer: (path: string, body: string) => void): HTMLElement {
  vi.stubGlobal('fetch', (path: string, request: RequestInit) => {
    answer(path, String(request.body));
    return Promise.resolve(new Response(JSON.stringify(waiting)));
  });
  const target = document.body.appendChild(document.createElement('div'));
  const act = (change: (id: JobId) => Promise<JobView>) => void change(waiting.id);
  shown.push(mount(AmendPanel, { target, props: { job: waiting, acting: false, act } }));
  flushSync();
  return target;
}

function fill(at: HTMLElement, form: number, value: string) {
  const element = at.querySelectorAll('form')[form]!;
  const field = element.querySelector<HTMLInputElement>('input, textarea')!;
  field.value = value;
  field.dispatchEvent(new Event('input', { bubbles: true }));
  flushSync();
  element.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }));
  flushSync();
}

test('each amendment asks for what was typed, a payload to the letter', () => {
  const asked: [string, string][] = [];
  const at = amending((path, body) => asked.push([path, body]));
  fill(at, 0, '2030-01-31T08:00:00');
  fill(at, 1, '2');
  fill(at, 2, 'video');
  fill(at, 3, '{"n": 9007199254740993, "x": 1e400}');
  const of = 'api/v1/jobs/05e44pt070000/';
  expect(asked).toEqual([
    [`${of}reschedule`, `{"runAt":"${new Date('2030-01-31T08:00:00').toISOString()}","delayMillis":null}`],
    [`${of}reprioritise`, '{"priority":2}'],
    [`${of}move`, '{"queue":"video"}'],
    [`${of}payload`, '{"payload":{"n": 9007199254740993, "x": 1e400}}'],
  ]);
});

test('a payload that is no JSON is refused before anything is asked', () => {
  const asked: string[] = [];
  const at = amending((path) => asked.push(path));
  fill(at, 3, '{"n":');
  expect(asked).toEqual([]);
  expect(at.querySelector('[role=alert]')!.textContent).toContain('no JSON');
});

test('a number beyond 2^53 is shown to its last digit', () => {
  const at = show(ContentView, { name: 'Result', content: content('{"n":9007199254740993}') });
  expect(at.querySelector('pre')!.textContent).toBe('{\n  "n": 9007199254740993\n}');
});

test('the raw view is the text to the letter', () => {
  const text = '{ "a" :1 }';
  const at = show(ContentView, { name: 'Payload', content: content(text) });
  const raw = [...at.querySelectorAll('button')].find((button) => button.textContent === 'Raw')!;
  raw.click();
  flushSync();
  expect(at.querySelector('pre')!.textContent).toBe(text);
  expect(raw.getAttribute('aria-pressed')).toBe('true');
});

test('what is no JSON has no laid out view, and bytes are in base 64', () => {
  const at = show(ContentView, { name: 'Payload', content: content('hello') });
  expect(at.textContent).not.toContain('Raw');
  expect(at.querySelector('pre')!.textContent).toBe('hello');
  expect(show(ContentView, { name: 'Payload', content: content(null, '//79') }).querySelector('pre')!.textContent).toBe('//79');
});

const REFUSED = new ApiProblem({
  status: 409,
  title: 'Conflict',
  code: 'JOB_RUNNING',
  message: `The job ${HOSTILE} runs now.`,
  field: 'id',
  allowed: 'a job that has not started',
});

test('a problem is a sentence with its code, and nothing in it is HTML', () => {
  const at = show(TroubleNote, { error: REFUSED });
  expect(at.querySelector('[role=alert]')!.textContent).toContain(`The job ${HOSTILE} runs now.`);
  expect(at.textContent).toContain('Allowed: a job that has not started.');
  expect(at.querySelector('code')!.textContent).toBe('JOB_RUNNING');
  expect(at.querySelector('img, script')).toBeNull();
});

test('what is copied of a problem is all that is known', () => {
  expect(trouble(REFUSED).text).toBe(
    `The job ${HOSTILE} runs now.\ncode: JOB_RUNNING\nstatus: 409 Conflict\nfield: id\nallowed: a job that has not started`,
  );
  expect(trouble(new TypeError('x is not a function'))).toMatchObject({ code: 'DASHBOARD_FAILED', passing: false });
  expect(trouble(new TypeError('x is not a function')).text).toContain('x is not a function');
});

test.each(jobStates)('%s has an icon and its word, not only a colour', (state) => {
  const at = show(StateMark, { state });
  expect(at.textContent).toBe(state);
  expect(at.querySelector('svg path')!.getAttribute('d')).not.toBe('');
});

test('a state that a newer server has is shown by its word', () => {
  const at = show(StateMark, { state: 'frozen' as JobState });
  expect(at.textContent).toBe('frozen');
  expect(at.querySelector('svg path')!.getAttribute('d')).not.toBeNull();
});
