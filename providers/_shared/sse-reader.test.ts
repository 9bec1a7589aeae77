import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SseReader } from './sse-reader.js';

function read(bytes: Buffer, cuts: readonly number[] = []): [string, string][] {
  const events: [string, string][] = [];
  const reader = new SseReader((data, event) => events.push([data, event]));
  const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  for (let i = 1; i < edges.length; i += 1) reader.push(bytes.subarray(edges[i - 1], edges[i]));
  reader.end();
  return events;
}

const STREAM = Buffer.from(
  ': hello\n\ndata: {"a":"żółw"}\r\n\r\nevent: x\ndata:one\ndata: two\nid: 7\nretry: 5\n\ndata\n\ndata: [DONE]\n\ndata: last',
);

const EVENTS = [
  ['{"a":"żółw"}', ''],
  ['one\ntwo', 'x'],
  ['[DONE]', ''],
  ['last', ''],
];

describe('SseReader', () => {
  it('reads events, names, several lines of data, both line ends, and an end without a blank line', () => {
    expect(read(STREAM)).toEqual(EVENTS);
  });

  it('reads the same however the bytes are cut', () => {
    const cuts = fc.array(fc.nat(STREAM.length), { maxLength: 40 });
    fc.assert(
      fc.property(cuts, (at) => {
        expect(read(STREAM, at)).toEqual(EVENTS);
      }),
    );
  });

  it('refuses a line that never ends', () => {
    const reader = new SseReader(() => {});
    const megabyte = Buffer.alloc(1024 * 1024, 'x');
    expect(() => {
      for (let i = 0; i < 10; i += 1) reader.push(megabyte);
    }).toThrow('longer than');
  });
});
