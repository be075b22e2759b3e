import type { Readable } from 'node:stream';

/**
 * Pulls messages from a call, one at a time: what isn't pulled stays with the sender. In place of the stream's own
 * async iterator, which destroys the stream on an error, and with it the status that is to tell the agent why.
 */
export class MessageReader<T> {
  readonly #stream: Readable;
  #isOver = false;
  #wake: () => void = () => undefined;

  constructor(stream: Readable) {
    this.#stream = stream;
    const over = () => {
      this.#isOver = true;
      this.#wake();
    };
    stream.on('readable', () => this.#wake());
    stream.once('end', over);
    stream.once('close', over);
    stream.on('error', over);
  }

  /** `undefined` when the stream is over, however it ended. */
  async next(): Promise<T | undefined> {
    for (;;) {
      const message = this.#stream.read() as T | null;
      if (message !== null) return message;
      if (this.#isOver) return undefined;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
