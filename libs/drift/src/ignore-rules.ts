import type { FieldStep, IgnoredDifference } from '@muster/manifest';
import { parseFieldPath } from '@muster/manifest';
import type { Labels } from '@muster/targeting';
import { compileSelector } from './selector.ts';
import type { CompiledSelector, ObjectIdentity } from './selector.ts';

/** What of one object is neither compared nor written. */
export interface Ignored {
  readonly paths: readonly (readonly FieldStep[])[];
  readonly managers: ReadonlySet<string>;
}

interface Rule {
  readonly source: IgnoredDifference;
  readonly selector: CompiledSelector | undefined;
  readonly paths: readonly (readonly FieldStep[])[];
}

/** A bundle's `ignoreDifferences`. What of it can't be read ignores nothing: `problems` says so. */
export class IgnoreRules {
  readonly problems: readonly string[];
  readonly #rules: readonly Rule[];

  constructor(differences: readonly IgnoredDifference[]) {
    const problems: string[] = [];
    this.#rules = differences.flatMap((source): Rule[] => {
      const selector = source.target && compileSelector(source.target);
      if (source.target && !selector) {
        problems.push(`ignoreDifferences: the target ${JSON.stringify(source.target)} cannot be read`);
        return [];
      }
      const paths = (source.fields ?? []).flatMap((text) => {
        const parsed = parseFieldPath(text);
        if (parsed.ok) return [parsed.steps];
        problems.push(`ignoreDifferences: the field ${text} ${parsed.problem}`);
        return [];
      });
      return [{ source, selector, paths }];
    });
    this.problems = problems;
  }

  /**
   * The rules that an object may have, whatever its labels are, as a text that is the same as long as they are: what
   * was applied under other rules must be applied again. `undefined`: none.
   */
  printFor(identity: ObjectIdentity): string | undefined {
    const fitting = this.#rules.filter(({ selector }) => selector?.fits(identity) ?? true);
    return fitting.length === 0 ? undefined : JSON.stringify(fitting.map(({ source }) => source));
  }

  for(identity: ObjectIdentity, labels: Labels): Ignored | undefined {
    const fitting = this.#rules.filter(
      ({ selector }) => !selector || (selector.fits(identity) && selector.fitsLabels(labels)),
    );
    if (fitting.length === 0) return undefined;
    return {
      paths: fitting.flatMap(({ paths }) => paths),
      managers: new Set(fitting.flatMap(({ source }) => source.managers ?? [])),
    };
  }
}
