import { CliError, EXIT_USAGE } from '../exit.ts';

export interface LabelChanges {
  readonly set: Record<string, string>;
  readonly remove: string[];
}

/** `KEY=VALUE` sets a label, `KEY-` removes one, as `kubectl label` has it. */
export function parseLabelChanges(texts: readonly string[]): LabelChanges {
  const set = new Map<string, string>();
  const remove: string[] = [];
  for (const text of texts) {
    const equals = text.indexOf('=');
    if (equals > 0) set.set(text.slice(0, equals), text.slice(equals + 1));
    else if (equals === -1 && text.length > 1 && text.endsWith('-')) remove.push(text.slice(0, -1));
    else {
      throw new CliError(`"${text}" is no change of a label`, {
        exitCode: EXIT_USAGE,
        hint: 'Write KEY=VALUE to set one, KEY- to remove one.',
      });
    }
  }
  return { set: Object.fromEntries(set), remove };
}

/** Labels that something new gets: there is nothing to remove. */
export function parseLabels(texts: readonly string[]): Record<string, string> {
  const { set, remove } = parseLabelChanges(texts);
  if (remove.length === 0) return set;
  throw new CliError(`"${remove[0]}-" removes a label, and a new cluster has none`, {
    exitCode: EXIT_USAGE,
    hint: 'Write KEY=VALUE.',
  });
}
