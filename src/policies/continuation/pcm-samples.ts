/** Little-endian 16-bit mono bytes, cut anywhere, as samples: an odd byte waits for its other half. */
export class PcmSamples {
  private odd: number | undefined;

  take(data: Buffer): Int16Array {
    const bytes = this.odd === undefined ? data : Buffer.concat([Buffer.of(this.odd), data]);
    const samples = new Int16Array(bytes.length >> 1);
    Buffer.from(samples.buffer).set(bytes.subarray(0, samples.length * 2));
    this.odd = bytes.length % 2 === 1 ? bytes.at(-1) : undefined;
    return samples;
  }
}

/** The bytes behind the samples, without a copy. */
export function samplesAsBytes(samples: Int16Array): Buffer {
  return Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
}

export function joinSamples(a: Int16Array, b: Int16Array): Int16Array {
  if (a.length === 0) return b;
  const joined = new Int16Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}
