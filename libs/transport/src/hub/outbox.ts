import type { ConnectResponse } from '@muster/contracts';
import type { DesiredStateBytes } from '../port.ts';
import { splitAnnouncement } from '../shared/announcement.ts';
import { encodeResponse } from '../shared/wire.ts';
import type { Encoded } from '../shared/wire.ts';

type Outgoing = Encoded<ConnectResponse>;

/** Frames by the state's object: a state that goes to many sessions is encoded once. */
const framesOf = new WeakMap<DesiredStateBytes, readonly Buffer[]>();

/**
 * What waits to be sent to one agent. It doesn't grow with how slowly the agent reads: of announcements and
 * acknowledgements only the newest is kept, and questions are limited by who asks them.
 */
export class Outbox {
  #last: Outgoing | undefined;
  #acknowledged: bigint | undefined;
  #questions: Outgoing[] = [];
  #heartbeat: Buffer | undefined;
  #announcement: { readonly frames: readonly Buffer[]; next: number } | undefined;

  /** After this one nothing more is sent. */
  last(message: Outgoing): void {
    this.#last = message;
  }

  acknowledge(sequence: bigint): void {
    if (this.#acknowledged === undefined || sequence > this.#acknowledged) this.#acknowledged = sequence;
  }

  question(message: Outgoing): void {
    this.#questions.push(message);
  }

  heartbeat(frame: Buffer): void {
    this.#heartbeat = frame;
  }

  /** Drops what was not yet sent of an older one; the agent begins anew with the first part of this. */
  announce(state: DesiredStateBytes): void {
    this.#announcement = { frames: encodeAnnouncement(state), next: 0 };
  }

  /** The next message to write, the most urgent first; `final` when the stream is to end after it. */
  take(): { readonly message: Outgoing; readonly final: boolean } | undefined {
    if (this.#last !== undefined) return { message: this.#last, final: true };
    const message =
      this.#takeAcknowledgement() ??
      this.#questions.shift() ??
      this.#takeAnnouncement() ??
      this.#takeHeartbeat();
    return message && { message, final: false };
  }

  #takeAcknowledgement(): Outgoing | undefined {
    if (this.#acknowledged === undefined) return undefined;
    const sequence = this.#acknowledged;
    this.#acknowledged = undefined;
    return { message: { $case: 'reportAck', value: { sequence } } };
  }

  #takeAnnouncement(): Outgoing | undefined {
    const announcement = this.#announcement;
    const frame = announcement?.frames[announcement.next];
    if (announcement === undefined || frame === undefined) return undefined;
    announcement.next++;
    if (announcement.next === announcement.frames.length) this.#announcement = undefined;
    return frame;
  }

  #takeHeartbeat(): Outgoing | undefined {
    const frame = this.#heartbeat;
    this.#heartbeat = undefined;
    return frame;
  }
}

function encodeAnnouncement(state: DesiredStateBytes): readonly Buffer[] {
  const known = framesOf.get(state);
  if (known !== undefined) return known;
  const frames = splitAnnouncement(state).map((value) =>
    encodeResponse({ message: { $case: 'announcement', value } }),
  );
  framesOf.set(state, frames);
  return frames;
}
