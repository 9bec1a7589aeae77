import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGatewayProcess, REPOSITORY, type GatewayProcess } from '../support/gateway-process.js';
import { ESPEAK_CONFIG } from '../support/gateway-server.js';

const run = promisify(execFile);
const README = await readFile(join(REPOSITORY, 'README.md'), 'utf8');
const blocks = (language: string): string[] =>
  [...README.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, code]) => code!);

let gateway: GatewayProcess;
let folder: string;

beforeAll(async () => {
  gateway = await startGatewayProcess({ config: ESPEAK_CONFIG });
  folder = await mkdtemp(join(tmpdir(), 'tts-readme-'));
});
afterAll(async () => {
  await gateway.close();
  await rm(folder, { recursive: true, force: true });
});

/** As printed, but at the address and in the folder of this test. */
function here(code: string): string {
  return code
    .replaceAll('http://127.0.0.1:8080', gateway.url)
    .replaceAll('ws://127.0.0.1:8080', gateway.url.replace('http', 'ws'))
    .replaceAll('node dist/', `node ${REPOSITORY}dist/`)
    .replaceAll(/-o (\S+)/g, `-o ${folder}/$1`);
}

describe('README.md', () => {
  it('opens with the two commands', () => {
    expect(blocks('sh')[0]).toMatch(/^npm start .*\nnpm test /);
  });

  it.each(
    blocks('sh')
      .slice(1)
      .flatMap((block) => block.trim().split('\n')),
  )('%s', async (line) => {
    await run('bash', ['-c', here(line)]);
    const file = /-o (\S+)/.exec(here(line))?.[1];
    if (file) expect((await stat(file)).size).toBeGreaterThan(5000);
  });

  it.each(blocks('js').map((code) => [/from '([^']+)'/.exec(code)?.[1] ?? 'WebSocket', code]))(
    'the snippet with %s speaks',
    async (client, code) => {
      const program = `
        ${client === 'WebSocket' ? "import WebSocket from 'ws';" : ''}
        let heard = 0;
        const play = (audio) => { heard += audio.length; };
        ${here(code)}
        ${client === 'openai' ? 'play(Buffer.from(await speech.arrayBuffer()));' : ''}
        const until = Date.now() + 10000;
        while (heard < 10_000 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
        console.log(heard);
        process.exit(heard < 10_000 ? 1 : 0);`;
      const file = join(REPOSITORY, 'test', `.readme-${client.replaceAll('.', '-')}.mjs`);
      await writeFile(file, program);
      try {
        await run(process.execPath, [file]);
      } finally {
        await rm(file);
      }
    },
  );
});
