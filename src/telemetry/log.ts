import { pino, type DestinationStream, type Logger, type LoggerOptions } from 'pino';
import { isSpeechError } from '../core/speech-error.js';

/**
 * JSON lines on stdout. Errors are told by code and message; of a cause only name, code and stack are kept, since what
 * an upstream said may quote the text it was sent.
 */
export function createLog(level: string, destination?: DestinationStream): Logger {
  const options: LoggerOptions = { level, base: null, serializers: { err: describeError } };
  return destination ? pino(options, destination) : pino(options);
}

function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: 'a value that is no error was thrown' };
  const cause = error.cause instanceof Error ? error.cause : undefined;
  if (!isSpeechError(error)) return { name: error.name, message: error.message, stack: error.stack };
  return {
    code: error.code,
    message: error.message,
    provider: error.provider,
    ...(cause ? { cause: { name: cause.name, code: (cause as { code?: unknown }).code, stack: frames(cause) } } : {}),
  };
}

/** The stack without its first line, which repeats the message. */
function frames(error: Error): string {
  return (error.stack ?? '')
    .split('\n')
    .filter((line) => line.trimStart().startsWith('at '))
    .join('\n');
}
