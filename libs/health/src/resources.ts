import type { Health, LiveObject } from './model.ts';
import { conditionOf, conditionsOf, fieldsOf, textOf } from './read.ts';
import { degraded, healthy, progressing, unknown } from './verdicts.ts';
import { notObserved } from './workloads.ts';

export function serviceHealth(object: LiveObject): Health {
  if (fieldsOf(object.spec).type !== 'LoadBalancer') return healthy();
  return addressHealth(object, 'the load balancer');
}

export function ingressHealth(object: LiveObject): Health {
  return addressHealth(object, 'the ingress');
}

/** Argo CD: an empty list says that the controller has not answered yet. */
function addressHealth(object: LiveObject, what: string): Health {
  const ingress = fieldsOf(fieldsOf(object.status).loadBalancer).ingress;
  return Array.isArray(ingress) && ingress.length > 0 ? healthy() : progressing(`${what} has no address yet`);
}

export function persistentVolumeClaimHealth(object: LiveObject): Health {
  const phase = textOf(fieldsOf(object.status).phase);
  if (phase === 'Bound') return healthy();
  if (phase === 'Lost') return degraded('the volume is lost');
  return progressing(phase === 'Pending' ? 'the claim waits for a volume' : 'the claim has no status yet');
}

export function apiServiceHealth(object: LiveObject): Health {
  const available = conditionOf(fieldsOf(object.status), 'Available');
  if (available?.status === 'True') return healthy(`${available.reason}: ${available.message}`);
  return progressing(
    available ? `${available.reason}: ${available.message}` : 'the API service waits to be processed',
  );
}

export function customResourceDefinitionHealth(object: LiveObject): Health {
  const status = fieldsOf(object.status);
  const names = conditionOf(status, 'NamesAccepted');
  if (names?.status === 'False') return degraded(names.message || 'the names are not accepted');
  if (conditionOf(status, 'Terminating')?.status === 'True') return progressing('the CRD is being deleted');
  const flawed = conditionOf(status, 'NonStructuralSchema');
  if (flawed?.status === 'True') return degraded(flawed.message || 'the schema is not structural');
  const established = conditionOf(status, 'Established');
  if (established?.status === 'True') return healthy();
  if (established?.status === 'False' && established.reason !== 'Installing')
    return degraded(established.message || 'the CRD is not established');
  return progressing('the CRD is not established yet');
}

export function namespaceHealth(object: LiveObject): Health {
  return textOf(fieldsOf(object.status).phase) === 'Terminating'
    ? progressing('the namespace is terminating')
    : healthy();
}

export function disruptionBudgetHealth(object: LiveObject): Health {
  if (fieldsOf(object.status).observedGeneration === undefined && hasGeneration(object)) {
    return progressing('the controller has not seen the budget yet');
  }
  const allowed = conditionOf(fieldsOf(object.status), 'DisruptionAllowed');
  // Allowing no disruption now is what a budget is for; not being able to count is not.
  if (allowed?.reason === 'SyncFailed') return degraded(allowed.message || 'the Pods cannot be counted');
  return notObserved(object) ?? healthy();
}

function hasGeneration(object: LiveObject): boolean {
  return typeof fieldsOf(object.metadata).generation === 'number';
}

const fineTypes = new Set(['AbleToScale', 'ScalingLimited']);
const brokenReasons = /^(?:Failed|Invalid)/;

/** The conditions of autoscaling/v1 stand in an annotation, as JSON. */
export function autoscalerHealth(object: LiveObject): Health {
  const annotation = fieldsOf(fieldsOf(object.metadata).annotations)[
    'autoscaling.alpha.kubernetes.io/conditions'
  ];
  let conditions = conditionsOf(fieldsOf(object.status));
  if (conditions.length === 0 && typeof annotation === 'string') {
    try {
      conditions = conditionsOf({ conditions: JSON.parse(annotation) as unknown });
    } catch {
      return unknown('the annotation of conditions is not JSON');
    }
  }
  const broken = conditions.find((condition) => brokenReasons.test(condition.reason));
  if (broken) return degraded(broken.message || broken.reason);
  const fine = conditions.find((condition) => condition.status === 'True' && fineTypes.has(condition.type));
  if (fine) return healthy(fine.message);
  return progressing('the autoscaler waits for its first metrics');
}
