import type { KubeObject } from '@muster/kube';
import { fieldsOf } from './read.ts';
import type { Redactor } from './redactor.ts';

const masked = '***';
/** Annotations of a Secret that hold nothing of it. */
const harmless = /^(muster\.dev|argocd\.argoproj\.io|helm\.sh|meta\.helm\.sh|app\.kubernetes\.io)\//;
/** Where `kubectl apply` keeps the whole object, values and all. */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** An object as it may leave the cluster: without what only machines read, and without what Secrets hold. */
export function maskedObject(object: KubeObject): Readonly<Record<string, unknown>> {
  const { managedFields: _, annotations, ...metadata } = object.metadata;
  const isSecret = object.kind === 'Secret' && object.apiVersion === 'v1';
  const kept = Object.entries(annotations ?? {})
    .filter(([name]) => name !== lastApplied)
    .map(([name, value]) => [name, isSecret && !harmless.test(name) ? masked : value]);
  const rest = {
    ...object,
    metadata: { ...metadata, ...(kept.length > 0 && { annotations: Object.fromEntries(kept) as unknown }) },
  };
  if (!isSecret) return rest;
  return {
    ...rest,
    ...(object['data'] !== undefined && { data: maskedValues(object['data']) }),
    ...(object['stringData'] !== undefined && { stringData: maskedValues(object['stringData']) }),
  };
}

/** A Pod whose containers' last words, which may be the end of their log, hold nothing of its Secrets. */
export function maskedPod(pod: KubeObject, redactor: Redactor): KubeObject {
  return { ...pod, status: textsThrough(pod['status'], (text) => redactor.redactStrictly(text)) };
}

function textsThrough(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => textsThrough(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, textsThrough(item, change)]));
}

function maskedValues(values: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.keys(fieldsOf(values)).map((key) => [key, masked]));
}
