/** The values of a statement; each is named by its place. */
export class Parameters {
  readonly values: unknown[] = [];

  /** `$3` */
  add(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }
}
