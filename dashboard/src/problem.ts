import { ApiProblem } from './generated/client';

/** What went wrong, ready to be shown. */
export interface Trouble {
  /** A sentence for people. */
  readonly sentence: string;
  /** What would be accepted, if that is known. */
  readonly allowed: string | null;
  /** Stable, for programs and searches. */
  readonly code: string;
  /** Everything known, for a message to somebody else. */
  readonly text: string;
  /** Whether it may help to try again. */
  readonly passing: boolean;
}

/** Puts a failure into words. One that is no problem of the API is a mistake of these screens, and says so. */
export function trouble(error: unknown): Trouble {
  if (error instanceof ApiProblem) {
    const { status, title, code, message, field, allowed } = error.problem;
    return {
      sentence: message,
      allowed,
      code,
      text: [
        message,
        `code: ${code}`,
        status === 0 ? null : `status: ${status} ${title}`.trimEnd(),
        field === null ? null : `field: ${field}`,
        allowed === null ? null : `allowed: ${allowed}`,
      ]
        .filter((line) => line !== null)
        .join('\n'),
      passing: status === 0 || status === 429 || status >= 500,
    };
  }
  const detail = error instanceof Error ? (error.stack ?? String(error)) : String(error);
  return {
    sentence: 'The dashboard itself failed.',
    allowed: null,
    code: 'DASHBOARD_FAILED',
    text: `The dashboard itself failed.\ncode: DASHBOARD_FAILED\n${detail}`,
    passing: false,
  };
}

/** Whether a call ended only because nobody wants its answer any more. */
export function givenUp(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}
