import type { HouseRule, RepositoryFile } from '../repository.js';

const ALWAYS = ['README.md', 'index.ts', 'manifest.ts', 'options.ts', 'provider.ts', 'provider.test.ts', 'voices.ts'];
const BY_WIRE: Readonly<Record<string, readonly string[]>> = {
  http: ['client.ts', 'errors.ts', 'wire.ts'],
  websocket: ['client.ts', 'errors.ts', 'wire.ts'],
};

export const providerShape: HouseRule = {
  says: 'every provider folder has the same files under the same names',
  breaches(files) {
    return [...providerFolders(files)].flatMap(([type, own]) => {
      const wire = /\bwire: '([a-z-]+)'/.exec(own.get('manifest.ts') ?? '')?.[1] ?? '';
      return [...ALWAYS, ...(BY_WIRE[wire] ?? [])]
        .filter((name) => !own.has(name))
        .map((name) => `providers/${type}: ${name} is missing`);
    });
  },
};

/** Text by file name, by folder. The template is held to the shape too; `_shared` is no provider. */
function providerFolders(files: readonly RepositoryFile[]): Map<string, Map<string, string>> {
  const folders = new Map<string, Map<string, string>>();
  for (const { path, text } of files) {
    const [, type, name] = /^providers\/([^/]+)\/(.+)$/.exec(path) ?? [];
    if (type === undefined || name === undefined || type === '_shared') continue;
    folders.set(type, (folders.get(type) ?? new Map<string, string>()).set(name, text));
  }
  return folders;
}
