import { z } from 'zod';
import { pageOf, Timestamp } from './common.ts';

/** Who did what, and what befell the fleet. Kept for 90 days, and at most 100,000. */
export const FleetEvent = z
  .object({
    id: z.string().meta({ description: 'Grows with time.' }),
    at: Timestamp,
    type: z.string().meta({
      description: 'One word for programs: ClusterEnrolled, BundleHeld, Paused, DeletionsAllowed, …',
    }),
    by: z.string().meta({ description: 'The name of the token, `commit SHA`, or `cluster NAME`.' }),
    cluster: z.string().nullable().meta({ description: 'The cluster that it is about.' }),
    bundle: z.string().nullable().meta({ description: 'The bundle that it is about.' }),
    message: z.string(),
  })
  .meta({ id: 'Event' });
export type FleetEvent = z.infer<typeof FleetEvent>;

export const FleetEventPage = pageOf(FleetEvent).meta({ id: 'EventPage' });
