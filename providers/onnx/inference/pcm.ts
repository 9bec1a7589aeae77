/** Samples of -1 to 1 as signed 16-bit little-endian, times `gain`; what is louder than full scale is clipped. */
export function toPcm16(samples: Float32Array, gain: number): Uint8Array {
  const pcm = new Int16Array(samples.length);
  const factor = gain * 32_767;
  for (let i = 0; i < samples.length; i += 1) {
    const value = Math.round((samples[i] ?? 0) * factor);
    pcm[i] = value > 32_767 ? 32_767 : value < -32_768 ? -32_768 : value;
  }
  return new Uint8Array(pcm.buffer);
}
