import { existsSync, watch, type FSWatcher } from 'node:fs';

/** Files are written in many steps: they are read when nothing has changed for so long. */
const QUIET_MS = 300;
/** A folder that is not there yet, or whose watcher died, is looked for again. */
const RETRY_MS = 5_000;

/** Calls `onChange` after the files below `root` have changed; returns how to stop. */
export function watchFolder(root: string, onChange: () => void): () => void {
  let watcher: FSWatcher | undefined;
  let quiet: NodeJS.Timeout | undefined;
  let retry: NodeJS.Timeout | undefined;
  const changed = (): void => {
    clearTimeout(quiet);
    quiet = setTimeout(onChange, QUIET_MS);
    quiet.unref();
  };
  const later = (wasThere: boolean): void => {
    watcher?.close();
    watcher = undefined;
    retry = setTimeout(() => open(wasThere), RETRY_MS);
    retry.unref();
  };
  const open = (wasThere: boolean): void => {
    if (!existsSync(root)) return later(false);
    try {
      watcher = watch(root, { recursive: true, persistent: false }, changed);
      watcher.on('error', () => later(true));
    } catch {
      // Out of watches, or gone in the meantime.
      return later(wasThere);
    }
    if (!wasThere) changed();
  };
  open(true);
  return () => {
    clearTimeout(quiet);
    clearTimeout(retry);
    watcher?.close();
  };
}
