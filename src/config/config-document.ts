import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Document, Node, Pair } from 'yaml';

import { ConfigError } from './config-error.js';
import type { ConfigPath, ConfigProblem } from './config-error.js';

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A YAML text as plain data that still knows where each value stands. */
export interface ConfigDocument {
  readonly value: unknown;
  /** Where the value, or else its nearest ancestor that the file holds, begins. */
  locate(path: ConfigPath): Place | undefined;
}

/** Throws `ConfigError` with every syntax error. Messages never quote the file: a key may stand on that line. */
export function parseConfigDocument(text: string, origin: string): ConfigDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const problems = document.errors.map((error): ConfigProblem => {
    const { line, col } = lines.linePos(error.pos[0]);
    return { path: '', line, column: col, message: `not valid YAML: ${error.message}` };
  });
  if (problems.length > 0) throw new ConfigError(problems, origin);
  return {
    value: document.toJS() ?? {},
    locate(path) {
      const offset = offsetOf(document, path);
      if (offset === undefined) return undefined;
      const { line, col } = lines.linePos(offset);
      return { line, column: col };
    },
  };
}

function offsetOf(document: Document.Parsed, path: ConfigPath): number | undefined {
  let node: Node | null | undefined = document.contents;
  let offset: number | undefined;
  for (const key of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isSeq(node) && typeof key === 'number') {
      node = node.items[key] as Node | undefined;
      offset = node?.range?.[0] ?? offset;
    } else {
      const pair: Pair<Node, Node | null> | undefined = pairOf(node, key);
      if (pair === undefined) break;
      offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    }
  }
  return offset;
}

function pairOf(node: Node | null | undefined, key: string | number): Pair<Node, Node | null> | undefined {
  if (!isMap<Node, Node | null>(node)) return undefined;
  return node.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(key));
}
