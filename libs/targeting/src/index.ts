export { assign, createAssigner } from './assign.ts';
export type { LabelledCluster, TargetingModel } from './assign.ts';
export { LABEL_SOURCES, mergeLabels } from './labels.ts';
export type { Labels, LabelSource, MergedLabels } from './labels.ts';
export { matches, requirementsOf } from './selector.ts';
export { printLabelSelector } from './selector-text.ts';
// It is part of the fleet repo's format, and the other half of printing one.
export { parseLabelSelector } from '@muster/fleet-model';
export type { SelectorParseResult } from '@muster/fleet-model';
