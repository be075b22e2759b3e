import { z } from 'zod';

/** How far the cluster is what the repo says. Argo CD's words, because that is what people know. */
export const SyncStatus = z.enum(['Synced', 'OutOfSync', 'Unknown']);
export type SyncStatus = z.infer<typeof SyncStatus>;

/** How well what is there works. */
export const HealthStatus = z.enum(['Healthy', 'Progressing', 'Degraded', 'Suspended', 'Missing', 'Unknown']);
export type HealthStatus = z.infer<typeof HealthStatus>;

/** How a whole is as healthy as its worst part: the first of these that any part has. */
export const HEALTH_WORST_FIRST: readonly HealthStatus[] = [
  'Degraded',
  'Missing',
  'Unknown',
  'Progressing',
  'Suspended',
  'Healthy',
];

/** How a whole is as synced as its worst part. */
export const SYNC_WORST_FIRST: readonly SyncStatus[] = ['OutOfSync', 'Unknown', 'Synced'];

/** RFC 3339, UTC, milliseconds. */
export const Timestamp = z.iso.datetime().meta({ description: 'RFC 3339, UTC.' });

export const Labels = z.record(z.string(), z.string());

/** A place in a file of the fleet repo. */
export const SourceLocation = z.object({
  file: z.string(),
  line: z.int().positive(),
  column: z.int().positive().optional(),
});
export type SourceLocation = z.infer<typeof SourceLocation>;

/** One thing that is wrong in the fleet repo, and what to do about it. */
export const RepoProblem = z.object({
  file: z.string().meta({ description: "From the repo's root; empty when it is about no file." }),
  line: z.int().positive().nullable(),
  column: z.int().positive().nullable(),
  field: z
    .string()
    .meta({ description: '`spec.targets[0].groups`; empty for a document or file as a whole.' }),
  message: z.string(),
});
export type RepoProblem = z.infer<typeof RepoProblem>;

/** Orders desired states: epoch first, then generation. */
export const StateVersion = z.object({ epoch: z.int().nonnegative(), generation: z.int().nonnegative() });
export type StateVersion = z.infer<typeof StateVersion>;

/** A page of a list. `nextPage` is absent on the last page, and opaque: pass it back as `page`. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextPage?: string;
}

export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), nextPage: z.string().optional() });
}

/** RFC 9457, `application/problem+json`: the body of every answer that isn't 2xx. */
export const ProblemDetails = z.object({
  type: z.string().meta({ description: '`about:blank`, or a URI reference that names the kind of problem.' }),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional().meta({ description: 'What is wrong, and what to do.' }),
  instance: z.string().optional(),
  errors: z
    .array(z.object({ field: z.string(), message: z.string() }))
    .optional()
    .meta({ description: 'What is wrong with which field of the request.' }),
});
export type ProblemDetails = z.infer<typeof ProblemDetails>;
