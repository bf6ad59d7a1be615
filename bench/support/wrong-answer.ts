/** What was measured did not do its work. Its figures are worth nothing, so the bench stops. */
export class WrongAnswer extends Error {
  override readonly name = 'WrongAnswer';
}
