import { z } from 'zod';
import {
  DNS_LABEL_PATTERN,
  DNS_LABEL_RULE,
  isDnsLabel,
  isLabelKey,
  isLabelValue,
  LABEL_KEY_PATTERN,
  LABEL_KEY_RULE,
  LABEL_VALUE_PATTERN,
  LABEL_VALUE_RULE,
} from './names.ts';

/** Fields of an object that are to come, by name. */
export const plannedFields = z.registry<{ readonly planned: readonly string[] }>();

export const DnsLabel = z
  .string()
  .refine(isDnsLabel, {
    error: ({ input }) => `"${String(input)}" is not a name. A name has ${DNS_LABEL_RULE}.`,
  })
  .meta({ pattern: DNS_LABEL_PATTERN });

export const LabelKey = z
  .string()
  .refine(isLabelKey, { error: ({ input }) => `"${String(input)}" is not a label's key: ${LABEL_KEY_RULE}.` })
  .meta({ pattern: LABEL_KEY_PATTERN });

export const LabelValue = z
  .string()
  .refine(isLabelValue, {
    error: ({ input }) => `"${String(input)}" is not a label's value: ${LABEL_VALUE_RULE}.`,
  })
  .meta({ pattern: LABEL_VALUE_PATTERN });

/** A text that a function finds fault with: it answers the rest of a sentence that begins with the text. */
export function checkedText(problemOf: (text: string) => string | undefined) {
  return z.string().superRefine((text, context) => {
    const problem = problemOf(text);
    if (problem !== undefined)
      context.addIssue({ code: 'custom', message: `"${text.slice(0, 128)}" ${problem}` });
  });
}
