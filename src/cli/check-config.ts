import { parseArgs } from 'node:util';
import { EXIT, type ExitCode } from './exit-code.js';
import { readConfig } from './read-config.js';

/** Prints what is configured, or every problem with its path and line. */
export async function checkConfig(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { config: { type: 'string' } },
    allowPositionals: true,
  });
  const { config, source } = await readConfig(positionals[0] ?? values.config);
  const providers = Object.keys(config.providers).join(', ');
  process.stdout.write(`${source}: ok (providers: ${providers}; routes: ${Object.keys(config.routes).join(', ')})\n`);
  return EXIT.ok;
}
