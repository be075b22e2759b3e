import { KubeApiError } from '@muster/kube';
import { describe, expect, it } from 'vitest';
import { troubleAround } from './surroundings.ts';

describe('a request that failed', () => {
  it.each([
    [429, 'too many requests', 'Unreachable'],
    [503, 'the server is currently unable to handle the request', 'Unreachable'],
    [
      500,
      'Internal error occurred: failed calling webhook "w.example.com": failed to call webhook: Post "https://w": context deadline exceeded',
      'Unreachable',
    ],
    [500, 'conversion webhook for example.com/v1, Kind=Widget failed: connection refused', 'Unreachable'],
    [403, 'unable to create new content in namespace shop because it is being terminated', 'Terminating'],
    [405, 'create not allowed while custom resource definition is terminating', 'Terminating'],
    [404, 'the server could not find the requested resource', 'KindMissing'],
    [404, '404 page not found', 'KindMissing'],
  ])('is its surroundings’ trouble: %i %s', (status, message, reason) => {
    expect(troubleAround(new KubeApiError(status, 'x', message))).toBe(reason);
  });

  it.each([
    [500, 'unable to decode the object: json: cannot unmarshal'],
    [404, 'namespaces "shop" not found'],
    [403, 'admission webhook "w" denied the request: no'],
    [422, 'ConfigMap "a" is invalid'],
  ])('is its object’s: %i %s', (status, message) => {
    expect(troubleAround(new KubeApiError(status, 'x', message))).toBeUndefined();
  });
});
