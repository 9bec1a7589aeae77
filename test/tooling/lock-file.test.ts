import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { expect, it } from 'vitest';

interface LockedPackage {
  readonly dependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
}

const lock = JSON.parse(readFileSync(fileURLToPath(new URL('../../package-lock.json', import.meta.url)), 'utf8')) as {
  packages: Record<string, LockedPackage>;
};

/** What a package asks for and the lock file does not hold, neither beside nor above it. */
function missing(packages: Record<string, LockedPackage>): string[] {
  return Object.entries(packages).flatMap(([path, { dependencies, optionalDependencies }]) =>
    Object.keys({ ...dependencies, ...optionalDependencies })
      .filter((name) => !above(path).some((folder) => Object.hasOwn(packages, `${folder}node_modules/${name}`)))
      .map((name) => `${path}: ${name}`),
  );
}

function above(path: string): string[] {
  const parts = path === '' ? [] : path.split('/node_modules/');
  return ['', ...parts.map((_, index) => `${parts.slice(0, index + 1).join('/node_modules/')}/`)];
}

// npm leaves out the platforms whose packages its registry could not find, and then `npm ci` refuses the lock file.
it('holds everything that its packages ask for, for every platform', () => {
  expect(missing(lock.packages)).toEqual([]);
  expect(missing({ '': {}, 'node_modules/a': { optionalDependencies: { b: '1' } } })).toEqual(['node_modules/a: b']);
});
