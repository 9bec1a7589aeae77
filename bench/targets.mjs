import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { nginxConfig, nginxProgram } from './controls/nginx.mjs';
import { childrenOf } from './process-cost.mjs';
import { freePort, start } from './start-process.mjs';

const root = join(import.meta.dirname, '..');
const node = process.execPath;

/** What the listeners of a run ask for speech. `direct` is the fake vendor itself: no gateway in between. */
export const TARGETS = ['direct', 'nginx', 'node-undici', 'nest-fastify', 'gateway'];

/** The targets that can run here: nginx only where it is installed. */
export function availableTargets() {
  return TARGETS.filter((name) => name !== 'nginx' || nginxProgram() !== undefined);
}

/**
 * @typedef {{ name: string, url: string, pids: number[], stop(): Promise<void> }} RunningTarget
 * `pids`: whose CPU and memory count; none for `direct`.
 */

/** The fake vendor, in a process of its own. */
export async function startUpstream() {
  const port = await freePort();
  const child = await start({
    name: 'upstream',
    command: [node, '--import', 'tsx', join(root, 'test/upstream/main.ts'), '--port', `${port}`, '--lenient'],
    port,
  });
  return { name: 'upstream', url: `http://127.0.0.1:${port}`, pids: [child.pid], stop: child.stop };
}

/** @returns {Promise<RunningTarget>} a fresh process in front of `upstreamUrl`, once it accepts connections */
export async function startTarget(name, upstreamUrl, { nodeArgs = [] } = {}) {
  if (name === 'direct') return { name, url: upstreamUrl, pids: [], stop: () => Promise.resolve() };
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'tts-bench-'));
  const { command, env } = commandOf(name, { port, upstreamUrl, folder, nodeArgs });
  const child = await start({ name, command, env, port });
  const stop = async () => {
    await child.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { name, url: `http://127.0.0.1:${port}`, pids: [child.pid, ...childrenOf(child.pid)], stop };
}

function commandOf(name, { port, upstreamUrl, folder, nodeArgs }) {
  const proxy = (file) => [node, join(import.meta.dirname, 'controls', file), `${port}`, upstreamUrl];
  switch (name) {
    case 'node-undici':
      return { command: proxy('node-undici.mjs') };
    case 'nest-fastify':
      return { command: proxy('nest-fastify.mjs') };
    case 'nginx': {
      const file = join(folder, 'nginx.conf');
      writeFileSync(file, nginxConfig({ port, upstreamUrl, folder }));
      return { command: [nginxProgram(), '-p', folder, '-e', 'stderr', '-c', file] };
    }
    case 'gateway': {
      const file = join(folder, 'gateway.json');
      writeFileSync(file, JSON.stringify(gatewayConfig(upstreamUrl, folder)));
      const command = [node, ...nodeArgs, join(root, 'dist/src/main.js'), 'serve', '--config', file];
      return { command, env: { PORT: `${port}`, HOST: '127.0.0.1' } };
    }
    default:
      throw new Error(`no target "${name}"; there are ${TARGETS.join(', ')}`);
  }
}

/** The defaults, with room for the largest scenario and one upstream that takes every `fake-*` model. */
export function gatewayConfig(upstreamUrl, folder) {
  return {
    providers: {
      espeak: { type: 'espeak' },
      upstream: {
        type: 'openai',
        base_url: `${upstreamUrl}/v1`,
        models: ['fake-*'],
        voices: ['*'],
        formats: ['pcm16'],
      },
    },
    openai: { models: { 'fake-*': 'upstream' } },
    limits: { speeches: 10_000 },
    sessions: { spool_dir: join(folder, 'spool') },
  };
}
