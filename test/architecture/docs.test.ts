import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ERROR_TABLE, type ErrorRow } from '../../src/core/speech-error.js';
import { repositoryFiles, root } from './repository.js';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');

describe('docs/errors.md', () => {
  const rows = [...read('docs/errors.md').matchAll(/^\| `(\w+)`\s*\| (\d+)\s*\| (\w+)\s*\| (\d+)\s*\| ([^|]+)\|/gm)];

  it('has a row for every code, with what the table says', () => {
    const documented = Object.fromEntries(
      rows.map(([, code, http, grpc, wsClose]) => [code, { http: Number(http), grpc, wsClose: Number(wsClose) }]),
    );
    const expected = Object.fromEntries(
      Object.entries(ERROR_TABLE).map(([code, { http, grpc, wsClose }]) => [code, { http, grpc, wsClose }]),
    );
    expect(documented).toEqual(expected);
  });

  it('says of each code whether a retry is worth it', () => {
    expect(rows.length).toBeGreaterThan(0);
    for (const [, code, , , , retry] of rows) {
      const { retryable } = (ERROR_TABLE as Record<string, ErrorRow>)[code!]!;
      expect(/yes|after/.test(retry!), code).toBe(retryable);
    }
  });
});

describe('links', () => {
  it.each(
    repositoryFiles()
      .map(({ path }) => path)
      .filter((path) => path.endsWith('.md')),
  )('of %s lead to files', (path) => {
    const folder = join(root, path, '..');
    const links = [...read(path).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(([, link]) => link!);
    for (const link of links) expect(existsSync(join(folder, link)), link).toBe(true);
  });
});
