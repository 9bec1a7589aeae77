import { ConfigError, formatProblems } from '../config/config-error.js';
import { isSpeechError } from '../core/speech-error.js';
import { EXIT, exitCodeOf, UsageError, type ExitCode } from './exit-code.js';

const USAGE = `tts-gateway: one gateway in front of every text-to-speech voice

  tts-gateway serve [--config FILE]
  tts-gateway say TEXT|- [-v VOICE] [-o FILE] [--format FORMAT] [--speed N] [--url URL] [--config FILE]
  tts-gateway voices [--language TAG] [--json] [--url URL] [--config FILE]
  tts-gateway voices pull NAME|URL|PATH [--catalogue URL]... [--proxy URL] [--sha256 HEX] [--dir DIR] [--config FILE]
  tts-gateway voices list [--available] [--catalogue URL]... [--dir DIR] [--config FILE]
  tts-gateway voices remove NAME [--dir DIR] [--config FILE]
  tts-gateway check-config [FILE]

say writes to FILE, else to standard output when it is a pipe, else plays. TEXT "-" reads standard input.
FORMAT: pcm16 wav mp3 opus flac aac mulaw alaw (default: by the name of FILE, else wav).
--url speaks through a running server; without it everything happens in this process.
Exit: 0 done, 1 failed, 2 the command, config or request is wrong, 3 the server does not answer.
`;

type Command = (args: readonly string[]) => Promise<ExitCode>;

// Each command loads its own code: `say --url` needs no engine, and `serve` is ready sooner.
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./serve.js')).serve,
  say: async () => (await import('./say.js')).say,
  voices: async () => (await import('./voices.js')).voices,
  'check-config': async () => (await import('./check-config.js')).checkConfig,
};

/** Runs one command line and returns its exit code; problems go to standard error. */
export async function runCommand([name = 'serve', ...args]: readonly string[]): Promise<ExitCode> {
  if (name === 'help' || name === '--help' || name === '-h') {
    process.stdout.write(USAGE);
    return EXIT.ok;
  }
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!load) return complain(`There is no command "${name}".\n\n${USAGE}`, EXIT.usage);
  try {
    return await (
      await load()
    )(args);
  } catch (error) {
    return explain(error);
  }
}

function explain(error: unknown): ExitCode {
  if (error instanceof ConfigError) return complain(formatProblems(error), EXIT.usage);
  if (error instanceof UsageError) return complain(`${error.message}\n\n${USAGE}`, EXIT.usage);
  if (isSpeechError(error)) return complain(`${error.code}: ${error.message}`, exitCodeOf(error));
  if (isParseArgsError(error)) return complain(`${error.message}\n\n${USAGE}`, EXIT.usage);
  throw error;
}

function isParseArgsError(error: unknown): error is Error {
  const code = (error as { code?: unknown } | null)?.code;
  return error instanceof Error && typeof code === 'string' && code.startsWith('ERR_PARSE_ARGS');
}

function complain(message: string, code: ExitCode): ExitCode {
  process.stderr.write(`${message.trimEnd()}\n`);
  return code;
}
