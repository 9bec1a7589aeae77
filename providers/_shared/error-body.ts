import { z } from 'zod';

const text = z
  .union([z.string(), z.number()])
  .nullish()
  .transform((value) => (value === null || value === undefined ? undefined : String(value)))
  .catch(undefined);
const fields = z.object({ message: text, type: text, code: text, param: text });
const nested = z.object({ error: z.union([z.string(), fields]) });
const fastApi = z.object({
  detail: z.union([z.string(), z.array(z.object({ loc: z.array(z.union([z.string(), z.number()])) })), fields]),
});

/** What an error body says. `code` holds both the code and the type, for vendors put the telling word in either. */
export interface ErrorBody {
  readonly code: string | undefined;
  /** As the vendor calls the field. */
  readonly param: string | undefined;
  readonly message: string;
}

/**
 * Understands the shapes in use: `{"error":{"message","type","param","code"}}` (OpenAI, Azure, Groq), the same without
 * `error` around it (openedai-speech), `{"error":"…"}`, and FastAPI's `{"detail": "…" | [{"loc"}] | {…}}`
 * (Kokoro-FastAPI, Speaches). Anything else, HTML included, is its own message.
 */
export function readErrorBody(body: string): ErrorBody {
  const json = parse(body);
  const detail = fastApi.safeParse(json).data?.detail;
  if (Array.isArray(detail)) {
    const param = detail[0]?.loc.at(-1);
    return { code: 'validation_error', param: param === undefined ? undefined : String(param), message: body };
  }
  const said = nested.safeParse(json).data?.error ?? detail ?? fields.safeParse(json).data ?? body;
  if (typeof said === 'string') return { code: undefined, param: undefined, message: said };
  const code = [said.code, said.type].filter(Boolean).join(' ');
  return { code: code === '' ? undefined : code, param: said.param, message: said.message ?? body };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined; // HTML, text or nothing
  }
}
