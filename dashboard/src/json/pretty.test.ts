import { describe, expect, test } from 'vitest';
import { pretty } from './pretty';

const laidOut = (json: string) =>
  pretty(json)
    ?.map((token) => token.text)
    .join('') ?? null;

/** A value with all white space outside of its texts taken out. */
const dense = (json: string) => json.replace(/("(?:[^"\\]|\\.)*")|\s+/g, '$1');

describe('a JSON text', () => {
  test('is laid out over lines', () => {
    expect(laidOut('{"a":[1,{"b":null}],"c":{},"d":[ ],"e":true}')).toBe(
      '{\n  "a": [\n    1,\n    {\n      "b": null\n    }\n  ],\n  "c": {},\n  "d": [],\n  "e": true\n}',
    );
  });

  test.each(['null', 'true', '0', '-0', '"x"', '[]', '{}', ' [ 1 ] '])('may be any value: %s', (json) => {
    expect(dense(laidOut(json)!)).toBe(dense(json));
  });

  test.each([
    '9007199254740993',
    '-9223372036854775808',
    '123456789012345678901234567890.000',
    '1e400',
    '-0.0',
    '1E+2',
    '0.1000000000000000055511151231257827',
  ])('keeps every digit of %s', (number) => {
    expect(laidOut(number)).toBe(number);
    expect(pretty(`{"n":${number}}`)).toContainEqual({ kind: 'number', text: number });
  });

  test.each(['"\\u0041\\/\\n"', '"\\ud800"', '"ä\u2028😀"', '"</script><img src=x onerror=alert(1)>"', '"{\\"a\\":1}"'])(
    'keeps %s as it was written',
    (text) => {
      expect(laidOut(text)).toBe(text);
    },
  );

  test('keeps the order of names, and names that come twice', () => {
    expect(dense(laidOut('{"b":1,"a":2,"b":3,"__proto__":4}')!)).toBe('{"b":1,"a":2,"b":3,"__proto__":4}');
  });

  test('says what each piece is', () => {
    expect(pretty('{"a":["b",1,null]}')!.map((token) => token.kind)).toEqual([
      'mark', 'name', 'mark', 'text', 'mark', 'number', 'mark', 'word', 'mark',
    ]);
  });

  test.each([
    '', ' ', '{', '[1,]', '{"a":1,}', '{a:1}', "{'a':1}", '[1 2]', '01', '1.', '.5', '+1', 'NaN', 'nul', 'truex', '"\\x"',
    '"\\u12"', '"a\nb"', '"a', '{"a"}', '{"a":}', '[}', '1 1', '<b>hello</b>', 'hello', '\ufeff1', '[1]]', '{"a":1]',
  ])('that is none stays a text: %j', (text) => {
    expect(pretty(text)).toBeNull();
    expect(() => JSON.parse(text)).toThrow();
  });

  test('is laid out to a depth, and not beyond', () => {
    expect(pretty('['.repeat(100) + ']'.repeat(100))).not.toBeNull();
    expect(pretty('['.repeat(102) + ']'.repeat(102))).toBeNull();
    expect(pretty('['.repeat(200_000))).toBeNull();
  });

  test('of the largest size is laid out in a blink', () => {
    const many = `[${Array.from({ length: 40_000 }, (_, i) => `{"n":${i}}`).join(',')}]`;
    expect(dense(laidOut(many)!)).toBe(many);
  });

  test('that would grow out of all proportion stays as it is', () => {
    const deep = '['.repeat(99) + Array(60_000).fill('1').join(',') + ']'.repeat(99);
    expect(pretty(deep)).toBeNull();
  });
});
