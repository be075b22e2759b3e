/**
 * Thrown by work that needs an answer which isn't there yet: of an admission webhook, or of a conversion. Whoever
 * began the work awaits `answer` and begins it anew; it then finds the answer.
 *
 * Why not `await` in its place: a write reads the store, decides and writes without anything in between, which is
 * what makes it atomic. Begun anew after each answer it still is, it sees what others wrote meanwhile, as the real
 * server's retries do, and clusters without webhooks pay nothing.
 */
export class Pending extends Error {
  override readonly name = 'Pending';
  readonly answer: () => Promise<void>;

  constructor(answer: () => Promise<void>) {
    super('an answer is awaited');
    this.answer = answer;
  }
}
