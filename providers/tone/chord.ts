/**
 * How a character sounds: each UTF-16 unit is a chord of four tones, one for each of its four hexadecimal digits, each
 * digit in a band of its own. All lie between 400 and 3160 Hz, so that the telephone carries them, and a character
 * that is heard can be told from all others whatever is lost of its loudness.
 */
const LOWEST_HZ = 400;
const STEP_HZ = 40;
const BAND_HZ = 720;
/** Digits of one UTF-16 unit, the least significant first, each in its own band. */
export const BANDS = 4;
export const DIGITS = 16;

/** A character sounds for this share of its length; what follows is silence, which tells it from the next. */
export const SOUNDING = 0.75;

export function toneHz(band: number, digit: number): number {
  return LOWEST_HZ + BAND_HZ * band + STEP_HZ * digit;
}

/** The four frequencies of a UTF-16 unit. */
export function chordHz(unit: number): number[] {
  return Array.from({ length: BANDS }, (_, band) => toneHz(band, (unit >> (4 * band)) & 15));
}
