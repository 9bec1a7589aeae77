import { isSource, lineCount } from '../repository.js';
import type { HouseRule, RepositoryFile } from '../repository.js';

const MOST = 400;
const MEDIAN = 90;
const PERCENTILE_95 = 250;
const PROVIDER_TOTAL = { http: 450, websocket: 700 };

export const fileSizes: HouseRule = {
  says: `no file is over ${MOST} lines, half are at most ${MEDIAN}, 95 of 100 at most ${PERCENTILE_95}`,
  breaches(files) {
    const sources = files.filter(isSource);
    const long = files
      .filter((file) => /\.(ts|mjs|cjs)$/.test(file.path) && lineCount(file) > MOST)
      .map((file) => `${file.path}: ${lineCount(file)} lines, over ${MOST}`);
    return [...long, ...overPercentile(sources, 0.5, MEDIAN), ...overPercentile(sources, 0.95, PERCENTILE_95)];
  },
};

export const providerSizes: HouseRule = {
  says: `a provider over HTTP has at most ${PROVIDER_TOTAL.http} lines, over WebSocket ${PROVIDER_TOTAL.websocket}`,
  breaches(files) {
    return files.flatMap((manifest) => {
      const type = /^providers\/([^_/][^/]*)\/manifest\.ts$/.exec(manifest.path)?.[1];
      const wire = /\bwire: '(http|websocket)'/.exec(manifest.text)?.[1];
      if (type === undefined || (wire !== 'http' && wire !== 'websocket')) return [];
      const own = files.filter((file) => isSource(file) && file.path.startsWith(`providers/${type}/`));
      const total = own.reduce((sum, file) => sum + lineCount(file), 0);
      const most = PROVIDER_TOTAL[wire];
      return total > most ? [`providers/${type}: ${total} lines, over ${most} (wire: ${wire})`] : [];
    });
  },
};

function overPercentile(files: readonly RepositoryFile[], share: number, most: number): string[] {
  const sizes = files.map(lineCount).sort((a, b) => a - b);
  const size = sizes[Math.max(0, Math.ceil(sizes.length * share) - 1)] ?? 0;
  return size > most ? [`src, providers: ${share * 100} % of the files reach ${size} lines, over ${most}`] : [];
}
