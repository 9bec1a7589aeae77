import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

/**
 * Callers name engine modules as they are called after the build (`new URL('./engine.js', import.meta.url)`). Run from
 * source there is only the `.ts`, which is taken instead.
 */
export function engineModule(url: URL): URL {
  if (url.protocol !== 'file:' || !url.pathname.endsWith('.js') || existsSync(url)) return url;
  const source = new URL(url.href.replace(/\.js(?=$|[?#])/, '.ts'));
  return existsSync(source) ? source : url;
}

/** Flags with which a forked Node can run `entry`: none for JavaScript, tsx for TypeScript. */
export function execArgvFor(entry: URL): string[] {
  if (!entry.pathname.endsWith('.ts')) return [];
  // By full path: `--import tsx` would be looked up from the working directory.
  const tsx = createRequire(fileURLToPath(import.meta.url)).resolve('tsx');
  return ['--import', pathToFileURL(tsx).href];
}
