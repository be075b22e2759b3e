import type { EntitySchema } from 'typeorm';
import {
  ClusterEntity,
  ConsentEntity,
  EventEntity,
  PauseEntity,
  RepoEntity,
  SyncRequestEntity,
} from './cluster.entities.ts';
import {
  ApiTokenEntity,
  HubEntity,
  JoinTokenEntity,
  ReplicaEntity,
  SealedKeyEntity,
} from './identity.entities.ts';
import {
  BundleEntity,
  FleetEntity,
  ManifestEntity,
  ManifestObjectEntity,
  ObjectEntity,
  RenderingEntity,
  RevisionEntity,
} from './resolution.entities.ts';
import {
  AssignmentEntity,
  AssignmentStatusEntity,
  DesiredContentEntity,
  DesiredStateEntity,
} from './state.entities.ts';

/**
 * All tables. They have no foreign keys: what refers to what is checked where it is written, in one transaction, and
 * batches of tens of thousands of rows needn't pay for it once more.
 */
export const entities: EntitySchema[] = [
  ApiTokenEntity,
  AssignmentEntity,
  AssignmentStatusEntity,
  BundleEntity,
  ClusterEntity,
  ConsentEntity,
  DesiredContentEntity,
  DesiredStateEntity,
  EventEntity,
  FleetEntity,
  HubEntity,
  JoinTokenEntity,
  ManifestEntity,
  ManifestObjectEntity,
  ObjectEntity,
  PauseEntity,
  RenderingEntity,
  ReplicaEntity,
  RepoEntity,
  RevisionEntity,
  SealedKeyEntity,
  SyncRequestEntity,
];
