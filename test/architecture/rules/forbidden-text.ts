import { isSource, isTest } from '../repository.js';
import type { HouseRule, RepositoryFile } from '../repository.js';

const SKIPPED = /\b(?:it|test|describe|suite)(?:\.\w+)*\.(?:skip|only|todo|skipIf|runIf|fails)\b|\bx(?:it|describe)\(/;

export const environment: HouseRule = {
  says: 'only src/config reads the environment',
  breaches: (files) =>
    lines(files, /\bprocess\.env\b|\bprocess\[['"]env|\{[^}]*\benv\b[^}]*\} from 'node:process'/, (file) => {
      return isSource(file) && !file.path.startsWith('src/config/');
    }),
};

export const outside: HouseRule = {
  says: 'nothing points outside the repository',
  breaches: (files) =>
    lines(files, /\.\.\/shared\/|(?:^|[\s'"`(=:])\/work\//, ({ path }) => {
      // This rule and its proof name what they forbid.
      return !path.startsWith('test/architecture/');
    }),
};

export const finished: HouseRule = {
  says: 'no test is skipped, left to do, run alone or expected to fail',
  breaches: (files) => lines(files, SKIPPED, (file) => isTest(file) && !file.path.startsWith('test/architecture/')),
};

export const silenced: HouseRule = {
  says: 'no checker is switched off in a file',
  breaches: (files) =>
    lines(files, /@ts-(?:ignore|nocheck|expect-error)|(?:eslint|oxlint)-disable|prettier-ignore/, ({ path }) => {
      return /\.(ts|mjs|cjs)$/.test(path) && !path.startsWith('test/architecture/');
    }),
};

function lines(
  files: readonly RepositoryFile[],
  pattern: RegExp,
  applies: (file: RepositoryFile) => boolean,
): string[] {
  return files.filter(applies).flatMap(({ path, text }) => {
    return text
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : []));
  });
}
