import { describeObject } from './describe.ts';
import type { HookView, Turn } from './hook-runs.ts';

/** What others wait for, of a hook whose turn isn't done. */
export function turnMessage({ object }: HookView, turn: Turn): string {
  const name = describeObject(object.id);
  if (turn.state === 'running') return turn.message ? `${name} runs: ${turn.message}` : `${name} runs`;
  if (turn.state === 'failed') return `${name} failed`;
  return `${name} has not run yet`;
}

export function runningMessage({ object }: HookView, turn: Turn & { readonly state: 'running' }): string {
  return `the ${turn.phase} hook ${describeObject(object.id)} runs${turn.message ? `: ${turn.message}` : ''}`;
}

/** With the last that it wrote. */
export function failureMessage({ object }: HookView, turn: Turn & { readonly state: 'failed' }): string {
  const { phase, run } = turn;
  const tail = run.tail ? `; its log ends: ${run.tail}` : '';
  return `the ${phase} hook ${describeObject(object.id)} failed: ${run.message ?? ''}${tail}`;
}
