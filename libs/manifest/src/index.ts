export { compareCodePoints } from './code-points.ts';
export type { Decoded } from './decoded.ts';
export {
  defaultDeletionGuard,
  desiredState,
  features,
  missingFeatures,
  problemsOfDesiredState,
  sameContent,
} from './desired-state.ts';
export type { Assignment, DeletionGuard, DesiredState, PruneHold } from './desired-state.ts';
export { digestOf, isDigest, isKeyedDigest, keyedDigestOf } from './digest.ts';
export type { Digest, HmacSha256Hex, Sha256Hex } from './digest.ts';
export { parseFieldPath } from './field-path.ts';
export type { FieldStep, ParsedFieldPath } from './field-path.ts';
export { finalizeObject } from './finalize.ts';
export type { Finalization, Finalized } from './finalize.ts';
export { readArrayItems, readObjectSpan } from './json-members.ts';
export type { JsonMember, JsonObjectSpan } from './json-members.ts';
export { decodeManifest, encodeManifest } from './manifest.ts';
export type { Manifest } from './manifest.ts';
export { bundleLabel, fieldManager, fleetLabel, objectAnnotation, pruneAnnotation } from './marks.ts';
export { readObjectHeader } from './object-header.ts';
export type { ObjectHeader } from './object-header.ts';
export { objectId, parseApiVersion, parseObjectId } from './object-id.ts';
export type { ObjectId, ObjectKey } from './object-id.ts';
export { requiredFeatures } from './policy-features.ts';
export { decodePolicy, defaultHealthTimeoutS, encodePolicy } from './policy.ts';
export type { Dependency, HealthExpression, IgnoredDifference, ObjectSelector, Policy } from './policy.ts';
export { compareVersions, formatVersion, parseVersion } from './version.ts';
export type { Version } from './version.ts';
