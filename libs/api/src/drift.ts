import { z } from 'zod';
import { ObjectRef } from './assignment.ts';
import { pageOf } from './common.ts';

/**
 * One thing in a cluster that is not as the repo says though nobody changed the repo: a field of an object, an object
 * as a whole (`field` is empty then), or an object that left its bundle and stays.
 */
export const Drift = ObjectRef.extend({
  cluster: z.string(),
  bundle: z.string(),
  field: z.string().meta({ description: 'A JSON pointer; empty for the object as a whole.' }),
  desired: z.string().meta({
    description: 'JSON, cut at 200 characters; empty where the field is not to be there, and for Secrets.',
  }),
  live: z
    .string()
    .meta({ description: 'JSON, cut at 200 characters; empty where the field is gone, and for Secrets.' }),
  manager: z.string().meta({ description: 'The field manager that changed it, where the cluster tells.' }),
  reason: z
    .string()
    .meta({ description: 'Drifted; Conflict, while another keeps changing it back; Orphaned.' }),
  message: z.string().meta({ description: 'One sentence for people; never a value of a Secret.' }),
}).meta({ id: 'Drift' });
export type Drift = z.infer<typeof Drift>;

export const DriftPage = pageOf(Drift).meta({ id: 'DriftPage' });
