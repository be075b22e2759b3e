import { z } from 'zod';
import { DURATION_PATTERN, durationSeconds } from './duration.ts';
import { isDnsLabel } from './names.ts';
import { groupProblem, kindProblem, managerProblem, patternProblem, pathProblem } from './object-texts.ts';
import { parseLabelSelector } from './selector-text.ts';
import { checkedText, DnsLabel, plannedFields } from './schema-parts.ts';

/*
 * How a bundle is reconciled. These go to agents inside of desired states, once for each assignment: so they are
 * bounded in number and in length.
 */

const MAX_ENTRIES = 100;
const MAX_TEXT = 1024;
const MIN_TIMEOUT_S = 1;
const MAX_TIMEOUT_S = 24 * 3600;

const tooMany = `must have at most ${MAX_ENTRIES} entries.`;
const tooLong = `must have at most ${MAX_TEXT} characters.`;

export const DependsOn = z
  .array(
    z.strictObject({
      bundle: DnsLabel.describe('The name of a bundle of this repo.'),
      optional: z.boolean().exactOptional().describe('Nothing is waited for where it is not assigned.'),
    }),
  )
  .max(MAX_ENTRIES, tooMany)
  .describe('Bundles that are to be Healthy on the same cluster first.');

export const Sync = z
  .strictObject({
    prune: z
      .boolean()
      .exactOptional()
      .describe('false: what left the repo is reported, not deleted. Default: true.'),
    drift: z
      .enum(['Correct', 'Notify'])
      .exactOptional()
      .describe('What becomes of drift: corrected or only reported. Default: Correct.'),
    onRemoval: z
      .enum(['Delete', 'Orphan'])
      .exactOptional()
      .describe('What becomes of the objects when the bundle leaves a cluster. Default: Delete.'),
    conflicts: z
      .enum(['Force', 'Fail'])
      .exactOptional()
      .describe('What happens to fields that another manager owns. Default: Force.'),
    adopted: z
      .enum(['Keep', 'Prune'])
      .exactOptional()
      .describe(
        'What becomes of objects that were there before Muster, once they leave the bundle. Default: Keep.',
      ),
    serviceAccount: checkedText(serviceAccountProblem)
      .exactOptional()
      .describe("Impersonated, in the bundle's namespace, which must be given. Default: the agent itself."),
    healthTimeout: z
      .string()
      .refine((text) => isTimeout(durationSeconds(text)), {
        error: ({ input }) =>
          `"${String(input)}" is not a time to wait. Write hours, minutes and seconds, such as "90s", "5m" or "1h30m", from 1s to 24h.`,
      })
      .meta({ pattern: DURATION_PATTERN })
      .exactOptional()
      .describe('After which what is waited for counts as failed: "90s", "5m", "1h30m". Default: 5m.'),
  })
  .describe('How the bundle is applied, and what becomes of what leaves it.');
plannedFields.add(Sync, { planned: ['mode'] });

const Pattern = checkedText(patternProblem).max(MAX_TEXT, tooLong);

export const ObjectSelector = z
  .strictObject({
    group: Pattern.exactOptional(),
    version: Pattern.exactOptional(),
    kind: Pattern.exactOptional(),
    name: Pattern.exactOptional(),
    namespace: Pattern.exactOptional(),
    labelSelector: z
      .string()
      .max(MAX_TEXT, tooLong)
      .superRefine((text, context) => {
        const parsed = parseLabelSelector(text);
        if (parsed.kind === 'refused') context.addIssue({ code: 'custom', message: parsed.message });
      })
      .exactOptional()
      .describe("As kubectl's -l takes it."),
  })
  .describe(
    "Kustomize's object selector: regular expressions (RE2) over whole values. {} matches all objects.",
  );

const IgnoredDifference = z
  .strictObject({
    target: ObjectSelector.exactOptional().describe('Which objects; without it, all of the bundle.'),
    fields: z
      .array(checkedText(pathProblem).max(MAX_TEXT, tooLong))
      .min(1, 'must list at least one field, or be left out.')
      .max(MAX_ENTRIES, tooMany)
      .exactOptional()
      .describe('JSON pointers that also take "*" and "[name=x]".'),
    managers: z
      .array(checkedText(managerProblem))
      .min(1, 'must list at least one field manager, or be left out.')
      .max(MAX_ENTRIES, tooMany)
      .exactOptional()
      .describe('Field managers: whatever they own is left to them.'),
  })
  .refine(({ fields, managers }) => fields !== undefined || managers !== undefined, {
    error: 'names nothing to ignore. Give fields or managers.',
  });

export const IgnoreDifferences = z
  .array(IgnoredDifference)
  .max(MAX_ENTRIES, tooMany)
  .describe('Differences that are neither reported nor corrected.');

export const Health = z
  .array(
    z.strictObject({
      target: z.strictObject({
        group: checkedText(groupProblem).exactOptional().describe('Left out: the core group.'),
        kind: checkedText(kindProblem),
      }),
      healthy: z.string().min(1, 'is empty. Write an expression.').max(4096, 'is too long.'),
      degraded: z.string().min(1, 'is empty. Write an expression.').max(4096, 'is too long.').exactOptional(),
    }),
  )
  .max(MAX_ENTRIES, tooMany)
  .describe("CEL over `object` that says how objects of a kind are; goes before Muster's own rules.");

function isTimeout(seconds: number | undefined): boolean {
  return seconds !== undefined && seconds >= MIN_TIMEOUT_S && seconds <= MAX_TIMEOUT_S;
}

/** RFC 1123's subdomain, as Kubernetes names service accounts. */
function serviceAccountProblem(text: string): string | undefined {
  const isGood = text.length <= 253 && text.split('.').every(isDnsLabel);
  return isGood ? undefined : "is not a service account's name.";
}
