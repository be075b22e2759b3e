import { KubeApiError } from '@muster/kube';
import type { KubeStatusDetails } from '@muster/kube';
import { describe, expect, it } from 'vitest';
import { explainRefusal, immutableFields } from './refusals.ts';

/** Answers are API server 1.36's own, shortened. */
const typed = (said: string): KubeApiError =>
  new KubeApiError(
    500,
    'InternalServerError',
    `failed to create typed patch object (shop/d; apps/v1, Kind=Deployment): ${said}`,
  );
const invalid = (...causes: NonNullable<KubeStatusDetails['causes']>): KubeApiError =>
  new KubeApiError(422, 'Invalid', 'Deployment.apps "d" is invalid: …', { causes });
const conflict = (field: string, manager: string) => ({
  reason: 'FieldManagerConflict',
  message: `conflict with "${manager}" using apps/v1`,
  field,
});

describe('a refused apply', () => {
  it('names a field that the schema does not have', () => {
    expect(
      explainRefusal(typed('.spec.template.spec.containers[name="c"].imagee: field not declared in schema')),
    ).toEqual({
      reason: 'Refused',
      mayEndByItself: true,
      message:
        'the cluster does not know spec.template.spec.containers[name="c"].imagee: misspelt, or of a newer version of the kind than the cluster serves',
    });
  });

  it('names the list and the key that two of its entries have', () => {
    const said = '.spec.template.spec.containers[name="c"].env: duplicate entries for key [name="A"]';
    expect(explainRefusal(typed(said))?.message).toBe(
      'spec.template.spec.containers[name="c"].env has more than one entry with the key name="A"',
    );
    const ports = '.spec.ports: duplicate entries for key [port=80,protocol="TCP"]';
    expect(explainRefusal(typed(ports))?.message).toBe(
      'spec.ports has more than one entry with the key port=80,protocol="TCP"',
    );
  });

  it('names all of several problems', () => {
    const said = 'errors:\n  .spec.a: field not declared in schema\n  .spec.b: field not declared in schema';
    expect(explainRefusal(typed(said))?.message).toContain('does not know spec.a, spec.b:');
  });

  it('passes nothing on of what it does not understand', () => {
    expect(explainRefusal(typed('.data.password: expected string, got &value{geheim}'))).toBeUndefined();
  });

  it('names managers and fields of conflicts, but not without end', () => {
    const causes = [
      conflict('.spec.replicas', 'kube-controller-manager'),
      ...Array.from({ length: 20 }, (_, n) => conflict(`.data.k${n}`, 'other')),
    ];
    const refusal = explainRefusal(new KubeApiError(409, 'Conflict', 'Apply failed …', { causes }));
    expect(refusal?.reason).toBe('Conflict');
    expect(refusal?.message).toMatch(
      /takes none by force: spec\.replicas \(kube-controller-manager\), data\.k0 \(other\), .* and 13 more$/,
    );
  });

  it('says nothing of fields where the object was only written meanwhile', () => {
    expect(explainRefusal(new KubeApiError(409, 'Conflict', 'the object has been modified'))).toBeUndefined();
  });

  it.each([
    ['Deployment', 'spec.selector', 'Invalid value: {"matchLabels":{"app":"b"}}: field is immutable'],
    ['Job', 'spec.template', 'Invalid value: {"Spec":{"a: b":1}}: field is immutable'],
    ['Service', 'spec.clusterIPs[0]', 'Invalid value: ["None"]: may not change once set'],
    [
      'StatefulSet',
      'spec',
      "Forbidden: updates to statefulset spec for fields other than 'replicas', 'template' and 'minReadySeconds' are forbidden",
    ],
    [
      'PersistentVolumeClaim',
      'spec',
      'Forbidden: spec is immutable after creation except resources.requests for bound claims\n@@ -1,6 +1,6 @@\n {: ',
    ],
    ['ConfigMap', 'data', 'Forbidden: field is immutable when `immutable` is set'],
    ['RoleBinding', 'roleRef', 'Invalid value: {"Name":"b"}: cannot change roleRef'],
    ['CustomResourceDefinition', 'spec.scope', 'Invalid value: "Cluster": field is immutable'],
    ['PriorityClass', 'value', 'Forbidden: may not be changed in an update.'],
    [
      'PersistentVolume',
      'spec.persistentvolumesource',
      'Forbidden: spec.persistentvolumesource is immutable after creation\n@@ -2',
    ],
    [
      'Pod',
      'spec',
      'Forbidden: pod updates may not change fields other than `spec.containers[*].image`\n@@ -64',
    ],
    ['a custom resource with a rule', 'spec', 'Invalid value: a is immutable'],
  ])('is known to be for an immutable field of a %s', (_, field, message) => {
    const error = invalid({ reason: 'FieldValueInvalid', field, message });
    expect(immutableFields(error)).toEqual([field]);
    expect(explainRefusal(error)).toEqual({ reason: 'Immutable', message: `${field} cannot be changed` });
  });

  it('is not for an immutable field alone where something else is wrong too: a new object would be as wrong', () => {
    const selector = { field: 'spec.selector', message: 'Invalid value: {}: field is immutable' };
    const image = { field: 'spec.template.spec.containers[0].image', message: 'Required value' };
    expect(immutableFields(invalid(selector, image))).toBeUndefined();
  });

  it('is not taken for one by a value that only says so', () => {
    const cause = {
      field: 'spec.type',
      message: 'Unsupported value: "immutable": supported values: "a", "b"',
    };
    expect(immutableFields(invalid(cause))).toBeUndefined();
  });

  it('is known where a webhook guards a field', () => {
    const denied =
      'admission webhook "validate.example.com" denied the request: spec.issuerRef: Forbidden: field is immutable';
    expect(immutableFields(new KubeApiError(403, 'Forbidden', denied))).toEqual(['a field']);
    const other = 'admission webhook "validate.example.com" denied the request: no';
    expect(immutableFields(new KubeApiError(403, 'Forbidden', other))).toBeUndefined();
  });
});
