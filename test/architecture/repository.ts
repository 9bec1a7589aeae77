import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface RepositoryFile {
  /** From the root, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** A rule of the house: what it says, and every breach of it as `path: what is wrong`. */
export interface HouseRule {
  readonly says: string;
  readonly breaches: (files: readonly RepositoryFile[]) => string[];
}

const NOT_OURS = new Set(['node_modules', 'dist', 'coverage', '.git', '.cache', 'data', 'voices']);
const TEXT =
  /\.(ts|mjs|cjs|js|json|ya?ml|md|proto|html|css|sh)$|^(Dockerfile|LICENSE|NOTICE|run)$|^\.[a-z]+(ignore|rc)$/;

/** Every text file of the repository that people write. */
export function repositoryFiles(folder = ''): RepositoryFile[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (NOT_OURS.has(entry.name) || entry.name === 'package-lock.json') return [];
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return repositoryFiles(path);
    return TEXT.test(entry.name) ? [{ path, text: readFileSync(join(root, path), 'utf8') }] : [];
  });
}

export function isTest({ path }: RepositoryFile): boolean {
  return path.endsWith('.test.ts') || path.startsWith('test/');
}

/** TypeScript that is shipped: src/ and providers/, without tests, recordings and the template. */
export function isSource(file: RepositoryFile): boolean {
  return /^(src|providers)\/.*\.ts$/.test(file.path) && !isTest(file) && !/\/fixtures\/|\/_template\//.test(file.path);
}

export function lineCount({ text }: RepositoryFile): number {
  return text === '' ? 0 : text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
}
