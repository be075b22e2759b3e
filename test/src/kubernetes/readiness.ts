import { setTimeout as delay } from 'node:timers/promises';
import type { Component } from './component.ts';

/** Between two looks, in ms: short beside a start of seconds, long beside the cost of asking. */
const INTERVAL_MS = 50;

/** A component ended, or wasn't ready in time; the message holds the end of its log. */
export class ComponentFailedError extends Error {
  override readonly name = 'ComponentFailedError';
  /** Somebody else took its port in between: another try with another port may work. */
  readonly portTaken: boolean;

  constructor(component: Component, what: string, logTail: string) {
    super(`${component.name} ${what}; the end of its log (${component.logFile}):\n${logTail}`);
    this.portTaken = /address already in use/.test(logTail);
  }
}

/** Asks until `isReady` says so; rejects with `ComponentFailedError` as soon as the component ends, or in the end. */
export async function untilReady(
  component: Component,
  isReady: () => Promise<boolean>,
  timeoutMs: number,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await isReady().catch(() => false))) {
    if (!component.running()) {
      throw new ComponentFailedError(
        component,
        `ended with ${await component.ended}`,
        await component.logTail(),
      );
    }
    if (Date.now() > deadline) {
      throw new ComponentFailedError(
        component,
        `wasn't ready in ${timeoutMs / 1000} s`,
        await component.logTail(),
      );
    }
    await delay(INTERVAL_MS);
  }
}
