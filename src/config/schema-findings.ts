import { z } from 'zod';

import { didYouMean } from './closest-name.js';
import type { ConfigPath } from './config-error.js';

/** Something wrong at a path, before it is known where that stands in the file. */
export interface Finding {
  readonly path: ConfigPath;
  readonly message: string;
}

type Issue = z.core.$ZodIssue;

/** What a schema's `parse` threw, as findings below `base`. `knownKeys` serve the hints for unknown ones. */
export function schemaFindings(error: unknown, schema: unknown, base: ConfigPath = []): Finding[] {
  if (!hasIssues(error)) return [{ path: base, message: error instanceof Error ? error.message : String(error) }];
  return error.issues.flatMap((issue) => {
    const path = issue.path.map((key) => (typeof key === 'number' ? key : String(key)));
    return issueFindings(issue, [...base, ...path], schema, path);
  });
}

function issueFindings(issue: Issue, path: ConfigPath, schema: unknown, inSchema: ConfigPath): Finding[] {
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, inSchema);
    return issue.keys.map((key) => ({ path: [...path, key], message: `unknown key.${didYouMean(key, known)}` }));
  }
  if (issue.code === 'invalid_key') return [{ path, message: issue.issues.map(sentence).join('; ') }];
  return [{ path, message: sentence(issue) }];
}

function sentence(issue: Issue): string {
  if (issue.code === 'invalid_type' && issue.message.endsWith(' received undefined')) {
    return `missing; expected ${issue.expected}`;
  }
  return issue.message.replace(/^Invalid (input|option|string): /, '');
}

/** Keys of the object that a schema expects at `path`; empty where that cannot be told. */
function knownKeys(schema: unknown, path: ConfigPath): string[] {
  let node = unwrapped(schema);
  for (const key of path) {
    if (node instanceof z.ZodObject) node = unwrapped(node.shape[key] ?? node.def.catchall);
    else if (node instanceof z.ZodRecord) node = unwrapped(node.valueType);
    else if (node instanceof z.ZodArray) node = unwrapped(node.element);
    else return [];
  }
  return node instanceof z.ZodObject ? Object.keys(node.shape) : [];
}

function unwrapped(schema: unknown): unknown {
  let node = schema;
  while (node instanceof z.ZodDefault || node instanceof z.ZodPrefault || node instanceof z.ZodOptional) {
    node = node.unwrap();
  }
  return node;
}

function hasIssues(error: unknown): error is { issues: Issue[] } {
  return typeof error === 'object' && error !== null && Array.isArray((error as { issues?: unknown }).issues);
}
