import { readFileSync } from 'node:fs';

/** Of the package this code is part of: beside `src/` in a checkout, one folder further up from `dist/src/`. */
export const VERSION = readVersion(['../package.json', '../../package.json']);

function readVersion(candidates: readonly string[]): string {
  for (const candidate of candidates) {
    const { version } = readPackage(new URL(candidate, import.meta.url));
    if (version !== undefined) return version;
  }
  throw new Error('package.json with the version is missing beside the program.');
}

function readPackage(url: URL): { version?: string } {
  try {
    return JSON.parse(readFileSync(url, 'utf8')) as { version?: string };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}
