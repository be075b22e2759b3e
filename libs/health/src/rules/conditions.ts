import { fieldsOf, listOf, numberOf, readCondition } from '../read.ts';
import type { Condition, Fields } from '../read.ts';

/**
 * The conditions of a status, or of a part of one, as rules ask for them. A condition that was observed at an older
 * generation than the object's says nothing about the object as it is: its status counts as Unknown.
 */
export class Conditions {
  readonly #list: unknown;
  readonly #generation: number;

  constructor(holder: Fields, generation: number) {
    this.#list = holder.conditions;
    this.#generation = generation;
  }

  /** The conditions of a part of the status, such as one listener or one parent. */
  of(part: unknown): Conditions {
    return new Conditions(fieldsOf(part), this.#generation);
  }

  /** The newest of a type: a few controllers append rather than replace, so that the last one counts. */
  find(type: string): Condition | undefined {
    if (!Array.isArray(this.#list)) return undefined;
    for (let index = this.#list.length - 1; index >= 0; index--) {
      const condition = fieldsOf(this.#list[index]);
      if (condition.type === type) return this.#read(condition);
    }
    return undefined;
  }

  all(): readonly Condition[] {
    return listOf(this.#list).map((condition) => this.#read(condition));
  }

  has(type: string): boolean {
    return this.find(type) !== undefined;
  }

  is(type: string, status: string): boolean {
    return this.find(type)?.status === status;
  }

  #read(condition: Fields): Condition {
    const read = readCondition(condition);
    const isStale = numberOf(condition.observedGeneration, this.#generation) < this.#generation;
    if (!isStale) return read;
    return { ...read, status: 'Unknown', message: `${read.type} is of an older generation` };
  }
}
