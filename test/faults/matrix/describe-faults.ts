import { ERROR_TABLE, type ErrorCode } from '../../../src/core/speech-error.js';
import { FAULTS, STRATEGIES, type Fault } from './fault-table.js';

const INTRO = `# Faults

What a caller gets when something goes wrong upstream. The table is made by \`npm run generate\` from the data that
\`test/faults/fault-matrix.test.ts\` proves: each fault with each strategy (${STRATEGIES.join(', ')}) over a chunked body,
OpenAI events, session events, a WebSocket and socket.io. In no cell is a broken clip called complete.

## One speech

\`\`\`mermaid
stateDiagram-v2
  [*] --> Checked: request
  Checked --> Refused: not valid, not found, not supported
  Checked --> Cached: the cache has the clip
  Cached --> Complete
  Checked --> Asking: best target first
  Asking --> Asking: failed before its first audio, retry or next target, unseen by the caller
  Asking --> Hedged: late, the next target starts beside it
  Hedged --> Speaking: the first that can be heard, the other is cancelled
  Asking --> Speaking: first audio
  Asking --> Failed: no target is left
  Speaking --> Judging: the end mark of the upstream
  Speaking --> Joining: failed after audio
  Judging --> Complete: the verdict is good
  Judging --> Joining: empty, silent, too short, too long
  Joining --> Speaking: the next target goes on, a seam is told
  Joining --> Failed: no target is left
  Speaking --> Cancelled: the caller left
  Refused --> [*]
  Failed --> [*]: error with spoken_to
  Cancelled --> [*]
  Complete --> [*]
\`\`\`

## What the caller sees

**One target**: the route has nobody else. A failure before the first audio is an error answer with the HTTP status; one
after it breaks a chunked body off without its last chunk, and is an \`error\` part everywhere else, where a WebSocket is
closed with the code. **With a healthy second target** the speech always ends in \`complete\`, under \`priority\` and
\`hedged\` alike. The gateway asks the same target once more only where the table says so, and only before audio.
`;

function row({ name, moment, code, retried }: Fault): string {
  return `| ${moment} | ${name} | ${alone(code)} | ${retried ? 'yes' : 'no'} | ${together(code, moment)} |`;
}

function alone(code: ErrorCode | undefined): string {
  if (code === undefined) return 'the whole text';
  const { http, wsClose } = ERROR_TABLE[code];
  return `\`${code}\`, ${http}, ${wsClose}`;
}

function together(code: ErrorCode | undefined, moment: Fault['moment']): string {
  if (code === undefined) return 'the whole text of the first target';
  if (moment === 'before') return 'the whole text of the second target';
  return 'a `seam`, and the rest of the text; the broken words may be repeated';
}

const HEAD = '| when | fault | one target: code, HTTP, WebSocket | asked again | with a second target |';

/** The page as Markdown. */
export function describeFaults(): string {
  return [INTRO, HEAD, '| --- | --- | --- | --- | --- |', ...FAULTS.map(row)].join('\n');
}
