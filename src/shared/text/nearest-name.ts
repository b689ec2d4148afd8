/** Returns the candidate most like the name, or undefined when none is close enough to be a misspelling of it. */
export function nearestName(name: string, candidates: readonly string[]): string | undefined {
  let nearest: string | undefined;
  let distanceLeast = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < distanceLeast) [nearest, distanceLeast] = [candidate, distance];
  }
  return nearest;
}

/** Returns the number of characters to insert, delete or replace to turn one text into the other (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [fromIndex, character] of [...from].entries()) {
    const next = [fromIndex + 1];
    for (const [toIndex, other] of [...to].entries()) {
      const replaced = (row[toIndex] ?? 0) + (character === other ? 0 : 1);
      next.push(Math.min(replaced, (row[toIndex + 1] ?? 0) + 1, (next[toIndex] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
