import type { MigrationInterface } from 'typeorm';
import { FirstTables1790000000000 } from './1790000000000-first-tables.ts';
import { EventsByWhatTheyAreAbout1790100000000 } from './1790100000000-events-by-what-they-are-about.ts';
import { RemovalWithWorkloads1790200000000 } from './1790200000000-removal-with-workloads.ts';
import { WhereReplicasAre1790300000000 } from './1790300000000-where-replicas-are.ts';

/** In order. Classes, not a glob: a bundled hub has no folder to look into. */
export const migrations: (new () => MigrationInterface)[] = [
  FirstTables1790000000000,
  EventsByWhatTheyAreAbout1790100000000,
  RemovalWithWorkloads1790200000000,
  WhereReplicasAre1790300000000,
];
