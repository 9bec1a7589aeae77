import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { root } from './repository.js';

const read = (name: string) => readFileSync(join(root, name), 'utf8');

/** Sources of every COPY and ADD from the build context. */
function copiedPaths(dockerfile: string): string[] {
  const instructions = dockerfile.replaceAll('\\\n', ' ').split('\n');
  return instructions.flatMap((line) => {
    const [, rest] = /^(?:COPY|ADD)\s+(.*)$/.exec(line) ?? [];
    return rest === undefined || rest.includes('--from=') ? [] : rest.trim().split(/\s+/).slice(0, -1);
  });
}

/** What of the context `.dockerignore` lets in, by its `!` lines. */
const letIn = read('.dockerignore')
  .split('\n')
  .flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));

describe('the Dockerfile', () => {
  const dockerfile = read('Dockerfile');

  it('copies what exists and what the context lets in', () => {
    const paths = copiedPaths(dockerfile);
    expect(paths).toContain('package-lock.json');
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    expect(paths.filter((path) => path !== '.' && !letIn.includes(path))).toEqual([]);
  });

  it('is told by this test when a copied path is missing', () => {
    expect(copiedPaths('COPY a \\\n  b ./\nCOPY --from=x c d\nADD e f')).toEqual(['a', 'b', 'e']);
  });

  it('lets the build see all of its inputs', () => {
    for (const path of ['src', 'providers', 'scripts', 'tsconfig.json', 'tsconfig.build.json', 'config']) {
      expect(letIn).toContain(path);
    }
  });

  it('ends as a user without rights, with a health check that needs no further program', () => {
    const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));
    expect(last).toMatch(/^USER node$/m);
    expect(last).toMatch(/^HEALTHCHECK [^]*\["node", "-e", .*\/healthz/m);
  });
});

describe('docker-compose.yml', () => {
  const { services } = parse(read('docker-compose.yml')) as { services: Record<string, { ports?: string[] }> };

  it('runs the gateway and a Redis', () => {
    expect(Object.keys(services)).toEqual(['gateway', 'redis']);
  });

  it('publishes ports on the loopback address only', () => {
    const ports = Object.values(services).flatMap((service) => service.ports ?? []);
    expect(ports).not.toEqual([]);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });
});
