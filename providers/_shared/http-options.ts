import { z } from 'zod';

export const headerValue = z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'must be a valid header value');

/** Options that every provider over HTTP takes, under the same names. */
export const httpOptions = {
  api_keys: z
    .array(z.string())
    .default([])
    .describe('Used in turn; one that is refused or limited sits out for a while. Empty for servers without keys.'),
  headers: z.record(z.string(), headerValue).default({}).describe('Sent with every request.'),
  connections: z.int().min(1).optional().describe('Most sockets at a time; default: no limit of its own.'),
  prewarm: z.boolean().default(true).describe('Open a connection before the first request.'),
  connect_timeout_ms: z.int().min(1).default(5000),
  headers_timeout_ms: z.int().min(0).default(60_000).describe('Longest wait for the head of an answer; 0: none.'),
  body_timeout_ms: z.int().min(0).default(30_000).describe('Longest silence within an answer; 0: none.'),
  keep_alive_ms: z.int().min(1).default(30_000).describe('How long an idle socket is kept where the server is silent.'),
  dns_refresh_ms: z.int().min(1000).default(600_000).describe('After this long the server is resolved anew.'),
};

const schema = z.object(httpOptions);
export type HttpOptions = z.infer<typeof schema>;
