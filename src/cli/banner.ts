/** Lines a person can paste. `unready` says why the default route cannot speak, where it cannot. */
export function banner(url: string, unready: string | undefined): string {
  const speech = (format: string): string =>
    `curl -s ${url}/v1/audio/speech -H 'content-type: application/json' -d '{"input":"Hello, I am speaking.","response_format":"${format}"}'`;
  const warning = unready === undefined ? '' : `  Not ready: ${unready}\n`;
  return `
  TTS gateway at ${url}
${warning}
  Save it   ${speech('mp3')} -o hello.mp3
  Hear it   ${speech('wav')} | ${PLAYERS}
  Page      ${url}/
  API       ${url}/docs
  Voices    ${url}/v1/voices

`;
}

/** Whichever player is there, fed from standard input. */
const PLAYERS =
  '{ if command -v ffplay; then ffplay -nodisp -autoexit -loglevel error -; elif command -v play; then play -q -t wav -; else aplay -q; fi; } >/dev/null';
