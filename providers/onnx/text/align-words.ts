/** A letter of a word's own pronunciation. */
export interface WordSound {
  readonly sound: string;
  readonly word: number;
}

/**
 * Which word each sound of a clause belongs to. espeak runs words together (`in the` is one), so the clause is laid
 * along the pronunciations of its words alone, as cheaply as possible in changes, and takes over their owners.
 */
export function alignWords(clause: readonly string[], words: readonly WordSound[]): number[] {
  const rows = clause.length + 1;
  const columns = words.length + 1;
  const cost = new Uint16Array(rows * columns);
  for (let row = 0; row < rows; row += 1) cost[row * columns] = row;
  for (let column = 0; column < columns; column += 1) cost[column] = column;
  for (let row = 1; row < rows; row += 1) {
    for (let column = 1; column < columns; column += 1) {
      const same = clause[row - 1] === words[column - 1]?.sound ? 0 : 1;
      const [up, left, both] = [
        (row - 1) * columns + column,
        row * columns + column - 1,
        (row - 1) * columns + column - 1,
      ];
      cost[row * columns + column] = Math.min((cost[up] ?? 0) + 1, (cost[left] ?? 0) + 1, (cost[both] ?? 0) + same);
    }
  }
  return ownersAlong(clause, words, cost, columns);
}

function ownersAlong(
  clause: readonly string[],
  words: readonly WordSound[],
  cost: Uint16Array,
  columns: number,
): number[] {
  const owners = Array.from({ length: clause.length }, () => -1);
  let row = clause.length;
  let column = words.length;
  while (row > 0) {
    const here = cost[row * columns + column] ?? 0;
    const same = clause[row - 1] === words[column - 1]?.sound ? 0 : 1;
    if (column > 0 && here === (cost[(row - 1) * columns + column - 1] ?? 0) + same) {
      owners[row - 1] = words[column - 1]?.word ?? -1;
      row -= 1;
      column -= 1;
    } else if (column > 0 && here === (cost[row * columns + column - 1] ?? 0) + 1) column -= 1;
    else {
      // A sound that no word has by itself goes with the one behind it.
      owners[row - 1] = words[Math.min(column, words.length - 1)]?.word ?? -1;
      row -= 1;
    }
  }
  return owners;
}
