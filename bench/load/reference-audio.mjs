/** What one listener alone is given for `request`, after it was given the very same before. Throws where it differs. */
export async function referenceAudio(driver, request) {
  const first = await whole(driver, request);
  const second = await whole(driver, request);
  if (first.length === 0 || !first.equals(second))
    throw new Error('the same request was not answered with the same bytes');
  return first;
}

async function whole(driver, request) {
  const connection = driver.open();
  const pieces = [];
  /** @type {string[]} */
  const failures = [];
  await connection.speak(request, {
    head: (status) => status !== 200 && failures.push(`status ${status}`),
    audio: (buffer, start, end) => pieces.push(Buffer.from(buffer.subarray(start, end))),
    done: () => {},
    failed: (why) => failures.push(why),
  });
  connection.close();
  if (failures.length > 0) throw new Error(`no audio to compare with: ${failures.join(', ')}`);
  return Buffer.concat(pieces);
}
