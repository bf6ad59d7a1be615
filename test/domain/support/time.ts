/** Words for tests about time. */
export const DAY = 86_400_000;
/** An hour after what happens in the first seconds: the workers were down. */
export const MUCH_LATER = 3_600_000;

/** What became of milestones: `9000 released 0` for `deadline/… @9000 accepted milestone.released 0 …`. */
export function recordedBy(entries: readonly string[]): string[] {
  return entries.flatMap((words) => {
    const at = / @(\d+) /.exec(words)?.[1];
    return [...words.matchAll(/milestone\.(\w+) (\d+)/g)].map(([, what, index]) => `${at} ${what} ${index}`);
  });
}
