/** What a piece of a laid-out JSON text is, for its colour. */
export type TokenKind = 'name' | 'text' | 'number' | 'word' | 'mark';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

/** The deepest nesting that is laid out, and the longest text that comes of it; beyond them the text is shown as it is. */
const MAX_DEPTH = 100;
const MAX_LENGTH = 4_000_000;

const INDENT = '  ';
const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// No control characters, and a backslash only before what JSON allows after it.
const TEXT = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const WORD = /true|false|null/y;

/**
 * Lays a JSON text out over lines, or returns null if it is not JSON, is nested too deep or would become too long.
 *
 * Only white space between the pieces changes. The pieces themselves are cut out of the text, so numbers keep every digit,
 * escapes stay as they were written, names keep their order and come twice if they were there twice.
 */
export function pretty(json: string): readonly Token[] | null {
  const tokens: Token[] = [];
  const open: ('{' | '[')[] = [];
  let at = 0;
  let length = 0;

  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(json)?.[0] ?? null;
    at += found?.length ?? 0;
    return found;
  };
  const put = (kind: TokenKind, text: string) => {
    length += text.length;
    const last = tokens.at(-1);
    if (last?.kind === 'mark' && kind === 'mark') {
      tokens[tokens.length - 1] = { kind, text: last.text + text };
    } else {
      tokens.push({ kind, text });
    }
  };
  const line = () => put('mark', '\n' + INDENT.repeat(open.length));
  const next = (): string => {
    take(SPACE);
    return json.charAt(at);
  };
  /** Reads the name before a value of an object. */
  const name = (): boolean => {
    next();
    const text = take(TEXT);
    if (text === null || next() !== ':') {
      return false;
    }
    at++;
    put('name', text);
    put('mark', ': ');
    return true;
  };

  for (;;) {
    // A value begins here.
    const first = next();
    if (first === '{' || first === '[') {
      at++;
      const close = first === '{' ? '}' : ']';
      if (next() === close) {
        at++;
        put('mark', first + close);
      } else {
        if (open.push(first) > MAX_DEPTH) {
          return null;
        }
        put('mark', first);
        line();
        if (first === '{' && !name()) {
          return null;
        }
        continue;
      }
    } else {
      const kind: TokenKind = first === '"' ? 'text' : /[-\d]/.test(first) ? 'number' : 'word';
      const text = take(kind === 'text' ? TEXT : kind === 'number' ? NUMBER : WORD);
      if (text === null) {
        return null;
      }
      put(kind, text);
    }
    // A value ended here: what is around it goes on or ends as well.
    for (;;) {
      if (length > MAX_LENGTH) {
        return null;
      }
      const mark = next();
      const around = open.at(-1);
      if (around === undefined) {
        return mark === '' ? tokens : null;
      }
      if (mark === ',') {
        at++;
        put('mark', ',');
        line();
        if (around === '{' && !name()) {
          return null;
        }
        break;
      }
      if (mark !== (around === '{' ? '}' : ']')) {
        return null;
      }
      at++;
      open.pop();
      line();
      put('mark', mark);
    }
  }
}
