/** How many letters and digits a plain text has: what can be heard of it. 0 where a voice has nothing to say. */
export function spokenCharacters(text: string): number {
  let count = 0;
  for (const char of text) if (/[\p{L}\p{N}]/u.test(char)) count += 1;
  return count;
}
