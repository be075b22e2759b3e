import { describe, expect, it } from 'vitest';
import { isReplaceAsked, needsConsentToReplace } from './replace-decision.ts';

const options = 'argocd.argoproj.io/sync-options';

describe('a replacement', () => {
  it.each([
    [{ 'muster.dev/replace': 'true' }, true],
    [{ 'muster.dev/replace': 'false' }, false],
    [{ 'muster.dev/replace': 'yes' }, false],
    [{ [options]: 'Replace=true' }, true],
    [{ [options]: 'Prune=false, Force=true' }, true],
    [{ [options]: 'Replace=false' }, false],
    [{ [options]: 'ServerSideApply=true' }, false],
    [{ [options]: 'Force=true', 'muster.dev/replace': 'false' }, false],
    [{}, false],
  ])('is asked for by %j: %s', (annotations, isAsked) => {
    expect(isReplaceAsked(annotations)).toBe(isAsked);
  });

  it.each([
    ['', 'Namespace', true],
    ['', 'PersistentVolumeClaim', true],
    ['apps', 'StatefulSet', true],
    ['apiextensions.k8s.io', 'CustomResourceDefinition', true],
    ['apps', 'Deployment', false],
    ['batch', 'Job', false],
    ['example.com', 'StatefulSet', false],
  ])('of a %s %s waits for consent: %s', (group, kind, waits) => {
    expect(needsConsentToReplace({ group, kind })).toBe(waits);
  });
});
