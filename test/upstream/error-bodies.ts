import type { Refusal } from './behaviour.js';

/** Whose manners the server has. */
export type Dialect = 'openai' | 'azure' | 'groq' | 'kokoro' | 'speaches' | 'openedai' | 'localai';

const TYPES: Readonly<Record<number, readonly [type: string, code: string | null, message: string]>> = {
  400: ['invalid_request_error', null, 'Invalid request.'],
  401: [
    'invalid_request_error',
    'invalid_api_key',
    'Incorrect API key provided: sk-****. You can find your API key at …',
  ],
  402: ['billing_error', 'payment_required', 'Your balance is used up.'],
  403: ['invalid_request_error', 'unsupported_country_region_territory', 'Country, region, or territory not supported'],
  404: ['invalid_request_error', 'model_not_found', 'The model does not exist or you do not have access to it.'],
  408: ['timeout', null, 'The request took too long.'],
  413: ['invalid_request_error', 'request_too_large', 'Maximum content size limit exceeded.'],
  429: ['requests', 'rate_limit_exceeded', 'Rate limit reached for requests'],
  500: ['server_error', null, 'The server had an error while processing your request.'],
  502: ['server_error', null, 'Bad gateway.'],
  503: ['server_error', null, 'The engine is currently overloaded, please try again later.'],
};

export interface ErrorAnswer {
  readonly contentType: string;
  readonly body: string;
}

/** The error body as the real server writes it; see each vendor's API reference. */
export function errorBody(dialect: Dialect, refusal: Refusal): ErrorAnswer {
  const [type, code, message] = TYPES[refusal.status] ?? ['server_error', null, `Status ${refusal.status}.`];
  const openai = {
    message: refusal.message ?? message,
    type: refusal.type ?? type,
    param: refusal.param ?? null,
    code: refusal.code ?? code,
  };
  if (refusal.body !== undefined) return { contentType: refusal.contentType ?? 'text/html', body: refusal.body };
  return { contentType: 'application/json', body: JSON.stringify(shaped(dialect, refusal, openai)) };
}

interface OpenAiError {
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | null;
}

function shaped(dialect: Dialect, { status, param }: Refusal, error: OpenAiError): unknown {
  switch (dialect) {
    case 'openai':
    case 'groq':
    case 'localai':
      return { error };
    case 'azure':
      if (status === 401)
        return {
          error: { code: '401', message: 'Access denied due to invalid subscription key or wrong API endpoint.' },
        };
      if (status === 404)
        return {
          error: { code: 'DeploymentNotFound', message: 'The API deployment for this resource does not exist.' },
        };
      return { error: { code: `${status}`, message: error.message } };
    case 'kokoro':
      if (status === 422)
        return { detail: [{ type: 'missing', loc: ['body', param ?? 'input'], msg: 'Field required' }] };
      return {
        detail: {
          error: status >= 500 ? 'processing_error' : 'validation_error',
          message: error.message,
          type: error.type,
        },
      };
    case 'speaches':
      return { detail: status === 404 ? "Model 'x' is not installed locally." : error.message };
    case 'openedai':
      return { ...error, code: `${status}` };
  }
}
