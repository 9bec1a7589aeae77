import type { SpeechError } from '../../src/core/speech-error.js';
import { readErrorBody } from '../_shared/error-body.js';
import { httpError } from '../_shared/http-error.js';
import type { RefusedAnswer } from '../_shared/vendor-client.js';

/** The request's field, by its wire name, for what the upstream calls it. */
const OUR_FIELD: Readonly<Record<string, string>> = {
  input: 'text',
  voice: 'voice',
  model: 'model',
  speed: 'speed',
  instructions: 'instructions',
  response_format: 'target_format',
};

/** An answer that is no audio as the one error; the shapes that are understood are listed at `readErrorBody`. */
export function answerError({ status, headers, body, redact }: RefusedAnswer, provider: string): SpeechError {
  const { code, param, message } = readErrorBody(body);
  const field = OUR_FIELD[param ?? ''] ?? (status === 404 ? blamed(`${code} ${message}`) : undefined);
  return httpError({ status, headers, code, param: field, said: redact(message) }, provider);
}

/** Tells the 404 of an unknown model or voice from that of a wrong address. Azure calls its models deployments. */
function blamed(said: string): string | undefined {
  if (/voice/i.test(said)) return 'voice';
  return /model|deployment/i.test(said) ? 'model' : undefined;
}
