import { parse } from 'yaml';

import type { ConfigPath } from './config-error.js';

/** One string of the file that held `${…}`. */
export interface Interpolation {
  readonly path: ConfigPath;
  /** As it stands in the file; safe to print. */
  readonly source: string;
  /** What the environment made of it; never to be printed. */
  readonly value: string;
  /** The string is one `${…}` and nothing else, so that it may stand for a number or a boolean. */
  readonly whole: boolean;
  /** Why it could not be filled in; `value` is then the source. */
  readonly problem?: string;
}

const REFERENCE = /\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}|\$\{/g;
const WHOLE = /^\$\{[^}]*\}$/;

/**
 * A copy of `value` with `${NAME}` and `${NAME:-default}` filled in from `env` in every string (not in keys).
 * The default also stands for an empty variable, as in a shell; `$${` is a plain `${`.
 */
export function interpolate(
  value: unknown,
  env: Readonly<Record<string, string | undefined>>,
): { value: unknown; found: Interpolation[] } {
  const found: Interpolation[] = [];
  const walk = (node: unknown, path: ConfigPath): unknown => {
    if (typeof node === 'string' && node.includes('${')) {
      const filled = fill(node, path, env);
      found.push(filled);
      return filled.value;
    }
    if (Array.isArray(node)) return node.map((item: unknown, index) => walk(item, [...path, index]));
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([key, item]) => [key, walk(item, [...path, key])]));
  };
  return { value: walk(value, []), found };
}

/** An interpolated value as YAML would read it when written in the file: `8080` is a number, `true` a boolean. */
export function asScalar(value: string): unknown {
  try {
    const scalar: unknown = parse(value);
    return typeof scalar === 'object' ? value : scalar;
  } catch {
    // Not a scalar of YAML: it stays the string that it is.
    return value;
  }
}

function fill(source: string, path: ConfigPath, env: Readonly<Record<string, string | undefined>>): Interpolation {
  let problem: string | undefined;
  const value = source.replace(REFERENCE, (match, name: string | undefined, fallback: string | undefined) => {
    if (match === '$${') return '${';
    if (name === undefined) {
      problem ??= 'malformed interpolation; write ${NAME} or ${NAME:-default}';
      return match;
    }
    const given = env[name];
    if (fallback !== undefined) return given === undefined || given === '' ? fallback : given;
    if (given === undefined)
      problem ??= `environment variable ${name} is not set; \${${name}:-…} would give it a default`;
    return given ?? match;
  });
  const whole = WHOLE.test(source);
  return problem === undefined ? { path, source, value, whole } : { path, source, value: source, whole, problem };
}
