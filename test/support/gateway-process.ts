import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeConfig, type TestConfig } from './gateway-server.js';

export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const ENSURE_BUILT = "import { ensureBuilt } from './scripts/build.mjs'; await ensureBuilt();";
const MAIN = join(REPOSITORY, 'dist', 'src', 'main.js');

export interface Ended {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** The built gateway as a process of its own. */
export interface GatewayProcess {
  readonly url: string;
  readonly child: ChildProcess;
  readonly pid: number;
  /** What it wrote so far. */
  stdout(): string;
  stderr(): string;
  /** Resolves when it has exited. */
  readonly ended: Promise<Ended>;
  close(): Promise<void>;
}

export interface GatewayProcessOptions {
  readonly config?: TestConfig;
  readonly nodeArgs?: readonly string[];
}

/** `tts-gateway serve` from dist/, built first where it is stale; resolves when it answers and its engines are loaded. */
export async function startGatewayProcess(options: GatewayProcessOptions = {}): Promise<GatewayProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'tts-process-'));
  const config = await writeConfig(folder, options.config ?? {});
  await ensureBuilt();
  const { child, ended, stdout, stderr } = start([...(options.nodeArgs ?? []), MAIN, 'serve', '--config', config]);
  const url = await Promise.race([urlFrom(child, stderr), ended.then(failedToStart)]);
  await enginesLoaded(url);
  return {
    url,
    child,
    pid: child.pid ?? 0,
    stdout,
    stderr,
    ended,
    close: async () => {
      if (child.exitCode === null) child.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Runs one command line of the built program to its end. */
export async function runCli(
  args: readonly string[],
  { input, env }: { input?: string; env?: Readonly<Record<string, string>> } = {},
): Promise<Ended> {
  await ensureBuilt();
  const { child, ended } = start([MAIN, ...args], env);
  child.stdin?.end(input);
  return ended;
}

let building: Promise<void> | undefined;

/** Builds dist/ where it is stale, once a test process. */
export function ensureBuilt(): Promise<void> {
  building ??= start(['--input-type=module', '--eval', ENSURE_BUILT]).ended.then(({ code, stderr }) => {
    if (code !== 0) throw new Error(`The build failed:\n${stderr}`);
  });
  return building;
}

/** The environment without what vitest and the caller's shell put there for themselves. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const ours = /^(VITEST|NODE_ENV|TEST|NODE_OPTIONS|PORT$|HOST$|TTS_CONFIG|LOG_LEVEL)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}

function start(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): { child: ChildProcess; ended: Promise<Ended>; stdout(): string; stderr(): string } {
  const child = spawn(process.execPath, [...args], { cwd: REPOSITORY, env: { ...cleanEnvironment(), ...env } });
  const [out, problems]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => problems.push(chunk));
  const stdout = (): string => Buffer.concat(out).toString();
  const stderr = (): string => Buffer.concat(problems).toString();
  const ended = once(child, 'close').then(([code]) => ({
    code: code as number | null,
    stdout: Buffer.concat(out),
    stderr: stderr(),
  }));
  return { child, ended, stdout, stderr };
}

/** The banner on standard error comes when the port is open. */
function urlFrom(child: ChildProcess, stderr: () => string): Promise<string> {
  return new Promise((resolve) => {
    const look = (): void => {
      const url = /Page\s+(http:\S+)\/\n[\s\S]*Voices .*\n/.exec(stderr())?.[1];
      if (url === undefined) return;
      child.stderr?.off('data', look);
      resolve(url);
    };
    child.stderr?.on('data', look);
  });
}

async function enginesLoaded(url: string): Promise<void> {
  for (;;) {
    const { status } = (await (await fetch(`${url}/health`)).json()) as { status: string };
    if (status === 'ok') return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function failedToStart({ code, stderr }: Ended): never {
  throw new Error(`The gateway ended with ${code} before it was ready:\n${stderr}`);
}
