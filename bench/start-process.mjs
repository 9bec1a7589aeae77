import { spawn } from 'node:child_process';
import net from 'node:net';

const START_MS = 20_000;
const STOP_MS = 3000;
const KEPT_OUTPUT_BYTES = 4000;

const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));

/**
 * Starts a process and resolves once `port` accepts connections. Its standard output goes nowhere, so that a disk is
 * no part of what it costs.
 * @param {{ name: string, command: string[], env?: Record<string, string>, port: number }} options
 * @returns {Promise<{ pid: number, stop(): Promise<void> }>}
 */
export async function start({ name, command: [file, ...args], env = {}, port }) {
  const child = spawn(file, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] });
  running.add(child);
  let said = '';
  child.stderr.on('data', (text) => (said = (said + text).slice(-KEPT_OUTPUT_BYTES)));
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(`ended with ${code ?? signal}`));
  });
  void ended.then(() => running.delete(child));
  const stop = async () => {
    const hard = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    child.kill('SIGTERM');
    await ended;
    clearTimeout(hard);
  };
  const failed = ended.then((why) => {
    throw new Error(`${name} ${why}: ${said}`);
  });
  failed.catch(() => {}); // its end is only a failure while it starts
  try {
    await Promise.race([accepting(port, name), failed]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { pid: child.pid, stop };
}

async function accepting(port, name) {
  const deadline = performance.now() + START_MS;
  while (performance.now() < deadline) {
    if (await accepts(port)) return;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  throw new Error(`${name} does not listen on port ${port}`);
}

function accepts(port) {
  return new Promise((resolve) => {
    const socket = net.connect({ host: '127.0.0.1', port });
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

/** @returns {Promise<number>} */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer().once('error', reject);
    server.listen({ port: 0, host: '127.0.0.1' }, () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
