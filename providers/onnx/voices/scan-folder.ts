import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inspectFile } from './inspect-file.js';
import type { Inspection, VoiceFile } from './voice-file.js';

const MOST_DEPTH = 6;
const MOST_FILES = 10_000;

/** Model files below a folder, in order. Links are not followed out of it: they may lead round in circles. */
export function modelFiles(root: string): string[] {
  const found: string[] = [];
  const walk = (folder: string, depth: number): void => {
    if (depth > MOST_DEPTH || found.length >= MOST_FILES) return;
    for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(folder, entry.name);
      if (entry.name.startsWith('.')) continue;
      if (entry.isDirectory()) walk(path, depth + 1);
      else if (/\.onnx$/i.test(entry.name) && isFile(path)) found.push(path);
    }
  };
  if (existsSync(root)) walk(root, 0);
  return found;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** Inspects one file after the other; `before` is told which comes next, for the case that it never ends. */
export function* scanFolder(root: string, skip: ReadonlySet<string>): Generator<string | Inspection> {
  const inspections: Inspection[] = [];
  for (const path of modelFiles(root)) {
    if (skip.has(path)) continue;
    yield path;
    inspections.push(inspectFile(root, path));
  }
  yield* withVocoders(withOwnIds(inspections));
}

/** Matcha's mel frames need the vocoder that lies nearest. */
function withVocoders(inspections: readonly Inspection[]): Inspection[] {
  const vocoders = inspections.filter((inspection) => inspection.kind === 'vocoder');
  return inspections.map((inspection): Inspection => {
    if (inspection.kind !== 'voice' || inspection.voice.recipe.output !== 'mel') return inspection;
    const { path, voice } = inspection;
    const nearest = [...vocoders].sort((a, b) => distance(path, a.path) - distance(path, b.path))[0];
    if (!nearest)
      return {
        kind: 'refused',
        path,
        id: voice.id,
        reason: 'it makes mel frames, and there is no vocoder in the folder',
      };
    const { vocoder } = nearest;
    return {
      ...inspection,
      voice: { ...voice, recipe: { ...voice.recipe, vocoder, key: `${voice.recipe.key}+${vocoder.path}` } },
    };
  });
}

function distance(from: string, to: string): number {
  const [a, b] = [dirname(from).split('/'), dirname(to).split('/')];
  let same = 0;
  while (same < a.length && a[same] === b[same]) same += 1;
  return a.length + b.length - 2 * same;
}

/** Two files of one name in two folders both keep a name: the second gets its number. */
function withOwnIds(inspections: readonly Inspection[]): Inspection[] {
  const taken = new Set<string>();
  return inspections.map((inspection) => {
    if (inspection.kind === 'vocoder') return inspection;
    const wanted = inspection.kind === 'voice' ? inspection.voice.id : inspection.id;
    let id = wanted;
    for (let number = 2; taken.has(id); number += 1) id = `${wanted}-${number}`;
    taken.add(id);
    if (id === wanted) return inspection;
    return inspection.kind === 'voice'
      ? { ...inspection, voice: { ...inspection.voice, id } satisfies VoiceFile }
      : { ...inspection, id };
  });
}
