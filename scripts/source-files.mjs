import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { root } from './run.mjs';

/**
 * Every file below a folder of the repository, by its path from the root, sorted. None if there is no such folder.
 * @param {string} folder
 * @returns {string[]}
 */
export function filesBelow(folder) {
  if (!statSync(join(root, folder), { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(join(root, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      return entry.isDirectory() ? filesBelow(path) : [path];
    })
    .sort();
}

/** What ends up in dist/: everything but tests, recordings, the template and the pages for people. */
export function shippedFiles() {
  const code = ['src', 'providers'].flatMap(filesBelow).filter((path) => !NOT_SHIPPED.test(path));
  return [...code, ...filesBelow('web'), ...filesBelow('proto')];
}

const NOT_SHIPPED = /\.test\.ts$|\/fixtures\/|^providers\/_template\/|\.md$/;
