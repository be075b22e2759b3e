export type * from './model.ts';
export { isFleetFile } from './fleet-file.ts';
export { fleetJsonSchemas } from './json-schema.ts';
export type { FleetJsonSchemas, JsonSchema } from './json-schema.ts';
export {
  isDnsLabel,
  isLabelKey,
  isLabelValue,
  DNS_LABEL_RULE,
  LABEL_KEY_RULE,
  LABEL_VALUE_RULE,
} from './names.ts';
export { MAX_PROBLEMS, parseFleet } from './parse-fleet.ts';
export type { FleetFile } from './parse-fleet.ts';
export { policyOf } from './policy-of.ts';
export { API_VERSION } from './schema.ts';
export { parseLabelSelector } from './selector-text.ts';
export type { SelectorParseResult } from './selector-text.ts';
export { isSourceFile } from './source-files.ts';
export { didYouMean } from './suggest.ts';
export { MAX_FLEET_FILE_CHARS } from './yaml-documents.ts';
