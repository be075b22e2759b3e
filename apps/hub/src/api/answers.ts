import type { Page } from '@muster/api';
import type { PageOutcome } from '@muster/store';
import type { ActionOutcome } from './fleet-actions.ts';
import { invalidRequest, Problem } from './problem.ts';

/** Outcomes as HTTP has them: what was done as the answer, all else as a Problem. */
export function answerOf<Result>(outcome: ActionOutcome<Result>): Result {
  switch (outcome.outcome) {
    case 'done':
      return outcome.result;
    case 'not-found':
      throw new Problem(404, outcome.message);
    case 'refused':
      throw new Problem(outcome.because === 'conflict' ? 409 : 400, outcome.message, outcome.errors);
  }
}

export function pageOf<Item>(outcome: PageOutcome<Item>): Page<Item> {
  if (outcome.outcome === 'refused') throw invalidRequest(outcome.issues);
  return outcome.page;
}

export function foundOr404<Item>(item: Item | undefined, message: string): Item {
  if (item === undefined) throw new Problem(404, message);
  return item;
}
