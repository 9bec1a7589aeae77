import { parseArgs } from 'node:util';
import { openGateway, unwatched } from '../gateway/open-gateway.js';
import { createLog } from '../telemetry/log.js';
import { EXIT, type ExitCode } from './exit-code.js';
import { readConfig } from './read-config.js';
import { reach, UnreachableError } from './speech-source.js';

interface ListedVoice {
  readonly id: string;
  readonly name: string;
  readonly languages: readonly string[];
  readonly gender: string | null;
}

const OPTIONS = {
  language: { type: 'string' },
  json: { type: 'boolean', default: false },
  url: { type: 'string' },
  config: { type: 'string' },
} as const;

/** Lists the voices, a line each, or as JSON; `pull`, `list` and `remove` keep the files of local voices. */
export async function voices(args: readonly string[]): Promise<ExitCode> {
  const [name = '', ...rest] = args;
  if (name === 'pull') return (await import('./voices-pull.js')).pullVoice(rest);
  if (name === 'list' || name === 'remove') {
    const { listInstalled, removeInstalled } = await import('./voices-installed.js');
    return name === 'list' ? listInstalled(rest) : removeInstalled(rest);
  }
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  try {
    const listed =
      values.url === undefined
        ? await ownVoices(values.config, values.language)
        : await serverVoices(values.url, values.language);
    process.stdout.write(values.json ? `${JSON.stringify(listed, null, 2)}\n` : table(listed));
    return listed.length > 0 ? EXIT.ok : EXIT.failed;
  } catch (error) {
    if (!(error instanceof UnreachableError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return EXIT.unreachable;
  }
}

async function ownVoices(configPath: string | undefined, language: string | undefined): Promise<ListedVoice[]> {
  const { config } = await readConfig(configPath);
  const gateway = await openGateway({ config, log: createLog('warn', process.stderr), observers: unwatched });
  try {
    const { voices: found } = await gateway.voices.list({ language });
    return found.map(({ fullId, name, languages, gender }) => ({
      id: fullId,
      name,
      languages,
      gender: gender ?? null,
    }));
  } finally {
    await gateway.close();
  }
}

async function serverVoices(url: string, language: string | undefined): Promise<ListedVoice[]> {
  const found: ListedVoice[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page = new URL('/v1/voices', url);
    if (language !== undefined) page.searchParams.set('language', language);
    if (cursor !== '') page.searchParams.set('cursor', cursor);
    const response = await reach(page, {});
    const body = (await response.json()) as { voices: ListedVoice[]; next_cursor: string | null };
    found.push(...body.voices.map(({ id, name, languages, gender }) => ({ id, name, languages, gender })));
    cursor = body.next_cursor;
  }
  return found;
}

function table(listed: readonly ListedVoice[]): string {
  const width = Math.max(0, ...listed.map(({ id }) => id.length));
  return listed
    .map(({ id, languages, name }) => `${id.padEnd(width)}  ${languages.join(',').padEnd(14)}  ${name}\n`)
    .join('');
}
