import type { StatusReason } from '../status/model.ts';

/**
 * Thrown by a step that found why its object must stay as it is: said in its status as it stands here, and tried again
 * as any failure is. The message holds no value of the object.
 */
export class ApplyProblem extends Error {
  override readonly name = 'ApplyProblem';
  readonly reason: StatusReason;

  constructor(reason: StatusReason, message: string) {
    super(message);
    this.reason = reason;
  }
}
