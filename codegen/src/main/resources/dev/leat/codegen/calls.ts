/** What may go with every call. */
export interface Call {
  /** Gives the call up; the promise is then rejected with an AbortError. */
  readonly signal?: AbortSignal | undefined;
}

/** A call was refused or failed, with the reason in words and a stable code. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';

  constructor(readonly problem: Problem) {
    super(problem.message);
  }
}

/** JSON that goes into a body to the letter, so that no number in it is read and written again. */
export class JsonText {
  constructor(readonly text: string) {}
}

function written(body: unknown): string {
  const texts: string[] = [];
  const mark = `json-text-${Math.random()}-`;
  const around = JSON.stringify(body, (_, value: unknown) =>
    value instanceof JsonText ? mark + (texts.push(value.text) - 1) : value,
  );
  return texts.reduce((text, each, i) => text.split(`"${mark}${i}"`).join(each), around);
}

type Value = string | number | boolean | readonly (string | number)[] | null | undefined;

interface Ask extends Call {
  readonly query?: Readonly<Record<string, Value>>;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
}

async function ask<T>(method: 'GET' | 'POST', path: string, options: Ask): Promise<T> {
  const headers = new Headers({ Accept: 'application/json, application/problem+json' });
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    if (value !== undefined) {
      headers.set(name, value);
    }
  }
  const request: RequestInit = { method, headers, signal: options.signal ?? null };
  if (method === 'POST') {
    // Also without a body: the server takes nothing else, so that no foreign page's form can call it.
    headers.set('Content-Type', 'application/json');
    request.body = written(options.body ?? {});
  }
  let response: Response;
  let text: string;
  try {
    response = await fetch(withQuery(path, options.query ?? {}), request);
    text = await response.text();
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') {
      throw cause;
    }
    throw new ApiProblem({
      status: 0,
      title: 'No answer',
      code: 'NO_ANSWER',
      message:
        method === 'GET'
          ? 'The server does not answer.'
          : 'The server did not answer, so it is unknown whether this took effect.',
      field: null,
      allowed: null,
    });
  }
  if (response.ok) {
    try {
      return JSON.parse(text) as T;
    } catch {
      throw unreadable(response);
    }
  }
  throw problemOf(response, text);
}

function problemOf(response: Response, text: string): ApiProblem {
  try {
    const problem = JSON.parse(text) as Partial<Problem> | null;
    if (problem && typeof problem.code === 'string' && typeof problem.message === 'string') {
      return new ApiProblem({
        status: response.status,
        title: problem.title ?? response.statusText,
        code: problem.code,
        message: problem.message,
        field: problem.field ?? null,
        allowed: problem.allowed ?? null,
      });
    }
  } catch {
    // Not the server's own words, such as a proxy's page.
  }
  return unreadable(response);
}

function unreadable(response: Response): ApiProblem {
  return new ApiProblem({
    status: response.status,
    title: response.statusText,
    code: 'ANSWER_UNREADABLE',
    message: `What answered with status ${response.status} does not seem to be Leat, perhaps a proxy before it.`,
    field: null,
    allowed: null,
  });
}

function withQuery(path: string, query: Readonly<Record<string, Value>>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    const text = Array.isArray(value) ? value.join(',') : String(value ?? '');
    if (text !== '') {
      parameters.set(name, text);
    }
  }
  return parameters.size === 0 ? path : `${path}?${parameters}`;
}

/** What becomes of a stream of events itself. */
export interface Stream {
  /** The stream is open, for the first time or again; after a break it goes on where it stopped. */
  readonly opened?: () => void;
  /** The stream broke. Unless it is over, the browser tries again by itself. */
  readonly lost?: (over: boolean) => void;
  /** Events were missed: what is shown must be read anew. */
  readonly reset?: () => void;
}

function follow(
  path: string,
  query: Readonly<Record<string, Value>>,
  on: Stream,
  handlers: Readonly<Record<string, ((data: never) => void) | undefined>>,
): () => void {
  const source = new EventSource(withQuery(path, query));
  source.onopen = () => on.opened?.();
  source.onerror = () => on.lost?.(source.readyState === EventSource.CLOSED);
  source.addEventListener('reset', () => on.reset?.());
  for (const [name, handler] of Object.entries(handlers)) {
    if (handler) {
      source.addEventListener(name, (event) => handler(JSON.parse((event as MessageEvent<string>).data) as never));
    }
  }
  return () => source.close();
}
