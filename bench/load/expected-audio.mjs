import { benchAudioMatches, benchBytes, SEEDS } from '../../test/upstream/bench-audio.ts';

/**
 * @typedef {{ bytes: number, matches(offset: number, buffer: Buffer, start: number, end: number): boolean }} ExpectedAudio
 * The audio that one request must answer with; `matches` compares a stretch of it in place.
 */

/**
 * Audio that is passed through: each request asks for another stretch of the vendor's noise, so that a byte that is
 * lost, changed or another listener's is noticed where it stands.
 * @param {number} seconds
 */
export function seededAudio(seconds) {
  const bytes = benchBytes(seconds);
  let next = 0;
  return {
    next(model) {
      const seed = next++ % SEEDS;
      const matches = (offset, buffer, start, end) => benchAudioMatches(seed, offset, buffer.subarray(start, end));
      return { model: `${model}-seed${seed}`, expected: { bytes, matches } };
    },
  };
}

/**
 * Audio that the gateway makes of it (another rate, another codec): every answer must be, byte for byte, the one that
 * a listener alone was given before the load began.
 * @param {Buffer} reference
 */
export function sameAudio(reference) {
  const matches = (offset, buffer, start, end) =>
    offset + end - start <= reference.length &&
    reference.compare(buffer, start, end, offset, offset + end - start) === 0;
  return { next: (model) => ({ model, expected: { bytes: reference.length, matches } }) };
}
