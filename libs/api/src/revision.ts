import { z } from 'zod';
import { pageOf, RepoProblem, Timestamp } from './common.ts';

/**
 * `Good`: parsed, and every desired state that follows from it is stored, so that a Synced status read afterwards is
 * about this revision or a newer one. `Refused`: it does not parse and changed nothing anywhere.
 */
export const RevisionState = z.enum(['Resolving', 'Good', 'Refused']);
export type RevisionState = z.infer<typeof RevisionState>;

/** A commit of the fleet repo, as the hub resolved it. */
export const Revision = z
  .object({
    sha: z.string(),
    message: z.string(),
    author: z.string(),
    committedAt: Timestamp,
    state: RevisionState,
    newest: z.boolean().meta({ description: 'The head of the followed branch or tag.' }),
    problems: z.array(RepoProblem).meta({ description: 'Why it is Refused.' }),
    bundles: z.object({ total: z.int().nonnegative(), failing: z.int().nonnegative() }),
    failures: z.array(z.object({ bundle: z.string(), message: z.string() })).meta({
      description: 'Bundles that do not render at it, each with the place and the reason; at most 20.',
    }),
    seenAt: Timestamp,
    resolveMs: z.number().nonnegative().nullable().meta({ description: 'From seen to stored.' }),
  })
  .meta({ id: 'Revision' });
export type Revision = z.infer<typeof Revision>;

export const RevisionPage = pageOf(Revision).meta({ id: 'RevisionPage' });
