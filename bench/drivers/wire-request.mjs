/** A request as our own doors take it; the fake vendor's words travel as the name of its model. */
export function wireRequest({ model, input, format, sampleRateHz }) {
  return {
    text: input,
    voice: 'upstream/alloy',
    target_format: format === 'pcm' ? 'pcm16' : format,
    ...(sampleRateHz === undefined ? {} : { sample_rate_hz: sampleRateHz }),
    provider_options: { openai: { model } },
  };
}
