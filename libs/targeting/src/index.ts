export { assign, createAssigner } from './assign.ts';
export type { LabelledCluster, TargetingModel } from './assign.ts';
export { LABEL_SOURCES, mergeLabels } from './labels.ts';
export type { Labels, LabelSource, MergedLabels } from './labels.ts';
export { matches, requirementsOf } from './selector.ts';
export { parseLabelSelector, printLabelSelector } from './selector-text.ts';
export type { SelectorParseResult } from './selector-text.ts';
