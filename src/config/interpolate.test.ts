import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { asScalar, interpolate } from './interpolate.js';

const env = { A: 'x', EMPTY: '', NESTED: '${A}' };
const one = (text: string) => interpolate({ key: text }, env);

describe('interpolate', () => {
  it.each([
    ['${A}', 'x'],
    ['a${A}b${A}', 'axbx'],
    ['${B:-y z}', 'y z'],
    ['${EMPTY:-y}', 'y'],
    ['${EMPTY}', ''],
    ['${B:-}', ''],
    ['$${A}', '${A}'],
    ['$A and $', '$A and $'],
    // A value from outside is data: it is not read again.
    ['${NESTED}', '${A}'],
  ])('makes %j into %j', (text, value) => {
    expect(one(text).value).toEqual({ key: value });
  });

  it.each(['${B}', '${', '${1}', '${A', '${A:+b}'])('refuses %j and leaves it as it is', (text) => {
    const { value, found } = one(text);
    expect(value).toEqual({ key: text });
    expect(found[0]?.problem).toBeDefined();
  });

  it('changes nothing that holds no reference', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (data) => {
        fc.pre(!JSON.stringify(data).includes('${'));
        expect(interpolate(data, env)).toEqual({ value: data, found: [] });
      }),
    );
  });
});

describe('asScalar', () => {
  it.each([
    ['8080', 8080],
    ['true', true],
    ['1.5', 1.5],
    ['abc', 'abc'],
    ['[1]', '[1]'],
    ['{', '{'],
  ])('reads %j as %j', (text, value) => {
    expect(asScalar(text)).toBe(value);
  });
});
