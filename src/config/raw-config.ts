import type { ConfigDocument, Place } from './config-document.js';
import { dotted } from './config-error.js';
import type { ConfigPath } from './config-error.js';
import { asScalar, interpolate } from './interpolate.js';
import type { Interpolation } from './interpolate.js';
import { isRecord } from './is-record.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that containers set, and the key of the file that each one overrides. */
const OVERRIDES = { HOST: ['server', 'host'], PORT: ['server', 'port'], LOG_LEVEL: ['log', 'level'] } as const;

/** The file's data with the environment in it, not yet validated. */
export class RawConfig {
  readonly value: Record<string, unknown>;
  private readonly strings = new Map<string, Interpolation>();
  private readonly overrides = new Map<string, string>();

  constructor(
    private readonly document: ConfigDocument & { readonly value: Record<string, unknown> },
    env: Environment,
  ) {
    const { value, found } = interpolate(document.value, env);
    this.value = value as Record<string, unknown>;
    for (const entry of found) this.strings.set(dotted(entry.path), entry);
    for (const [variable, path] of Object.entries(OVERRIDES)) this.override(variable, path, env[variable]);
  }

  /** Strings of the file that hold something from the environment. */
  interpolations(): Interpolation[] {
    return [...this.strings.values()].filter(({ path }) => this.overriddenBy(path) === undefined);
  }

  /** Where it stands in the file; undefined for what the environment put in its place. */
  locate(path: ConfigPath): Place | undefined {
    return this.overriddenBy(path) === undefined ? this.document.locate(path) : undefined;
  }

  /** The variable that stands for this key. */
  overriddenBy(path: ConfigPath): string | undefined {
    return this.overrides.get(dotted(path));
  }

  /** A value for a message: quoted, and spelt as in the file where it holds something from the environment. */
  show(path: ConfigPath, value: string): string {
    const source = this.overriddenBy(path) === undefined ? this.strings.get(dotted(path))?.source : undefined;
    return `"${source ?? value}"`;
  }

  /** Turns a value that came whole from the environment into the number or boolean it spells; false if it is none. */
  rereadScalar(path: ConfigPath): boolean {
    const entry = this.strings.get(dotted(path));
    if (entry?.whole !== true || entry.problem !== undefined) return false;
    const scalar = asScalar(entry.value);
    if (scalar === null || scalar === entry.value || readAt(this.value, path) === scalar) return false;
    return put(this.value, path, scalar);
  }

  private override(variable: string, path: readonly [string, string], value: string | undefined): void {
    if (value === undefined || value === '') return;
    // A section that is no mapping is a problem of its own, which must not disappear.
    const section = Object.hasOwn(this.value, path[0]) ? this.value[path[0]] : undefined;
    if (section !== undefined && section !== null && !isRecord(section)) return;
    this.value[path[0]] = { ...section, [path[1]]: value };
    this.strings.set(dotted(path), { path, source: `\${${variable}}`, value, whole: true });
    this.overrides.set(dotted(path), variable);
  }
}

/** The own property or item at `path`, or undefined. */
export function readAt(root: unknown, path: ConfigPath): unknown {
  return path.reduce<unknown>((node, key) => {
    if (typeof node !== 'object' || node === null || !Object.hasOwn(node, key)) return undefined;
    return (node as Record<string | number, unknown>)[key];
  }, root);
}

function put(root: unknown, path: ConfigPath, value: unknown): boolean {
  const parent = readAt(root, path.slice(0, -1));
  const key = path.at(-1);
  if (typeof parent !== 'object' || parent === null || key === undefined) return false;
  (parent as Record<string | number, unknown>)[key] = value;
  return true;
}
