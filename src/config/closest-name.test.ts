import { describe, expect, it } from 'vitest';

import { closestName } from './closest-name.js';

describe('closestName', () => {
  it.each([
    ['hots', 'host'],
    ['HOST', 'host'],
    ['provider', 'providers'],
    ['drain', 'drain_ms'],
    ['x', undefined],
    ['sessions', undefined],
    ['', undefined],
  ])('for %j is %j', (name, expected) => {
    expect(closestName(name, ['host', 'port', 'providers', 'drain_ms'])).toBe(expected);
  });
});
