/** The same items in an order drawn anew. */
export function shuffle(items) {
  const drawn = [...items];
  for (let index = drawn.length - 1; index > 0; index -= 1) {
    const other = Math.floor(Math.random() * (index + 1));
    [drawn[index], drawn[other]] = [drawn[other], drawn[index]];
  }
  return drawn;
}
