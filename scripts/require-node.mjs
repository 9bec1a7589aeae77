const FLOOR = [20, 19];

/** Ends the process with a message a person can act on when this Node is older than the project's floor. */
export function requireNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > FLOOR[0] || (major === FLOOR[0] && minor >= FLOOR[1])) return;
  console.error(
    `The TTS gateway needs Node ${FLOOR.join('.')} or newer; this is Node ${version} (${process.execPath}).`,
  );
  console.error('Install a current one from https://nodejs.org, or with a version manager: nvm install --lts');
  process.exit(1);
}
