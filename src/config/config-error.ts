export type ConfigPath = readonly (string | number)[];

export interface ConfigProblem {
  /** Dotted, as in `routes.default.targets[0].voice`; empty for the file as a whole. */
  readonly path: string;
  /** 1-based place in the YAML file; absent when the value does not come from the file. */
  readonly line?: number;
  readonly column?: number;
  /** For a terminal: what is wrong and what would be right, without any value that came from the environment. */
  readonly message: string;
}

/** The configuration cannot be used. `problems` holds every problem that was found, in the order of the file. */
export class ConfigError extends Error {
  constructor(
    readonly problems: readonly ConfigProblem[],
    /** The file, or what stands for it. */
    readonly origin: string,
  ) {
    super(problems.map((problem) => describe(problem)).join('\n'));
    this.name = 'ConfigError';
  }
}

/** The error as lines for a terminal, one problem a line: `file:line:column path: message`. */
export function formatProblems(error: ConfigError): string {
  const count = error.problems.length;
  const heading = `${error.origin}: ${count} ${count === 1 ? 'problem' : 'problems'} in the configuration`;
  return [heading, ...error.problems.map((problem) => `  ${place(error.origin, problem)}${describe(problem)}`)].join(
    '\n',
  );
}

export function dotted(path: ConfigPath): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    const name = /^[\w*+@/-]+$/.test(key) ? key : JSON.stringify(key);
    return text === '' ? name : `${text}.${name}`;
  }, '');
}

function describe(problem: ConfigProblem): string {
  return problem.path === '' ? problem.message : `${problem.path}: ${problem.message}`;
}

function place(origin: string, problem: ConfigProblem): string {
  return problem.line === undefined ? '' : `${origin}:${problem.line}:${problem.column ?? 1} `;
}
