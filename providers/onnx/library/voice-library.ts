import type { Log } from '../../../src/core/call-context.js';
import type { HostPool } from '../../../src/core/host.js';
import type { Voice } from '../../../src/core/voice.js';
import type { TextJob } from '../text/text-job.js';
import type { Inspection, VoiceFile } from '../voices/voice-file.js';
import { findVoice, type ChosenVoice } from './find-voice.js';
import { describeVoices } from '../voices.js';
import { watchFolder } from './watch-folder.js';

export interface LibraryOptions {
  readonly root: string;
  readonly watch: boolean;
  readonly log: Log;
  readonly provider: string;
}

/** Longest time that reading one file may take; a hostile one may take for ever. */
const FILE_MS = 20_000;
const MOST_SCANS = 20;

/** The voices in a folder, as it was when it last changed. */
export class VoiceLibrary {
  private files: ReadonlyMap<string, VoiceFile> = new Map();
  private listed: readonly Voice[] = [];
  private readonly harmful = new Map<string, string>();
  private readonly broken = new Map<string, string>();
  private scanning: Promise<void> | undefined;
  private again = false;
  private readonly stopWatching: () => void;
  private closed = false;
  refused: readonly { readonly id: string; readonly reason: string }[] = [];

  constructor(
    private readonly text: HostPool,
    private readonly options: LibraryOptions,
  ) {
    this.stopWatching = options.watch ? watchFolder(options.root, () => void this.rescan()) : () => undefined;
  }

  /** All voices, after the first scan; those that cannot speak with the reason. */
  async voices(): Promise<readonly Voice[]> {
    await this.ready();
    return this.listed;
  }

  /** Throws `not_found`, or `unsupported` with the reason for a file that was refused. */
  async find(id: string): Promise<ChosenVoice> {
    await this.ready();
    return findVoice(id, this.files, this.refused, this.options.provider);
  }

  get modelCount(): number {
    return this.files.size;
  }

  /** A model that could not be loaded is listed with the reason until its file changes. */
  markBroken(file: VoiceFile, reason: string): void {
    this.broken.set(file.recipe.key, reason);
    this.options.log.warn(
      { provider: this.options.provider, file: file.recipe.path, reason },
      'voice cannot be loaded',
    );
    this.publish();
  }

  /** Looks through the folder again; during a scan it is done once more behind it. */
  async rescan(): Promise<void> {
    if (this.scanning) {
      this.again = true;
      return this.scanning;
    }
    this.scanning = this.scanAll().finally(() => (this.scanning = undefined));
    return this.scanning;
  }

  close(): void {
    this.closed = true;
    this.stopWatching();
  }

  private ready(): Promise<void> {
    if (!this.scanned) return this.scanning ?? this.rescan();
    return Promise.resolve();
  }

  private scanned = false;

  private async scanAll(): Promise<void> {
    do {
      this.again = false;
      for (let attempt = 0; attempt < MOST_SCANS && !this.closed; attempt += 1) {
        if (await this.scanOnce()) break;
      }
      this.scanned = true;
    } while (this.again && !this.closed);
  }

  /** False when a file ended the host that read it: it is left out from then on. */
  private async scanOnce(): Promise<boolean> {
    const inspections: Inspection[] = [];
    let reading = '';
    const limit = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const job: TextJob = { kind: 'scan', root: this.options.root, skip: [...this.harmful.keys()] };
    try {
      for await (const step of this.text.open(job, limit.signal)) {
        clearTimeout(timer);
        if (typeof step === 'string') {
          reading = step;
          timer = setTimeout(() => limit.abort(new Error('took too long')), FILE_MS);
        } else inspections.push(step as Inspection);
      }
    } catch (error) {
      if (reading === '' || this.closed) throw error;
      this.harmful.set(reading, 'reading it ended or held up the process that read it');
      return false;
    } finally {
      clearTimeout(timer);
    }
    this.take(inspections);
    return true;
  }

  private take(inspections: readonly Inspection[]): void {
    const files = new Map<string, VoiceFile>();
    const refused = [...this.harmful].map(([path, reason]) => ({ id: path.split('/').at(-1) ?? path, reason }));
    const { log, provider } = this.options;
    for (const inspection of inspections) {
      if (inspection.kind === 'voice') files.set(inspection.voice.id, inspection.voice);
      if (inspection.kind !== 'refused') continue;
      refused.push({ id: inspection.id, reason: inspection.reason });
      log.warn({ provider, file: inspection.path, reason: inspection.reason }, 'file is not a voice that can speak');
    }
    this.files = files;
    this.refused = refused;
    log.info({ provider, voices: files.size, refused: refused.length }, 'voices folder read');
    this.publish();
  }

  private publish(): void {
    const keys = new Set([...this.files.values()].map(({ recipe }) => recipe.key));
    for (const key of this.broken.keys()) if (!keys.has(key)) this.broken.delete(key);
    this.listed = describeVoices([...this.files.values()], this.refused, this.broken);
  }
}
