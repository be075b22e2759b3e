import type { Facts, Hello, Report } from '@muster/contracts';
import { ProtocolError } from '../shared/errors.ts';
import { MAX_API_RESOURCES, MAX_FEATURES } from '../shared/limits.ts';

const MAX_NAME = 253;
const MAX_OBJECTS = 100;
const MAX_WARNINGS = 20;
const MAX_MESSAGE = 8_192;

/** @throws ProtocolError when Hello is beyond its bounds. */
export function checkHello(hello: Hello): void {
  atMost(hello.features.length, MAX_FEATURES, 'features in Hello');
  for (const text of [hello.agentVersion, hello.clusterUid, hello.instance, ...hello.features]) {
    atMost(text.length, MAX_NAME, 'characters in a field of Hello');
  }
  if (hello.heldDigest.length !== 0 && hello.heldDigest.length !== 32) {
    throw new ProtocolError('the held digest in Hello is not a SHA-256');
  }
  if (hello.facts !== undefined) checkFacts(hello.facts);
}

/** @throws ProtocolError */
export function checkFacts(facts: Facts): void {
  atMost(facts.apiResources.length, MAX_API_RESOURCES, 'API resources in the facts');
  for (const text of [facts.kubernetesVersion, facts.platform, ...facts.apiResources]) {
    atMost(text.length, 3 * MAX_NAME, 'characters in a field of the facts');
  }
}

/** @throws ProtocolError */
export function checkReport(report: Report): void {
  atMost(report.refused?.message.length ?? 0, MAX_MESSAGE, 'characters in the message of a refused state');
  for (const assignment of report.assignments) {
    if (assignment.bundle === '') throw new ProtocolError('a report names no bundle');
    atMost(assignment.bundle.length, MAX_NAME, "characters in a bundle's name");
    atMost(assignment.reason.length, MAX_NAME, 'characters in a reason');
    atMost(assignment.message.length, MAX_MESSAGE, 'characters in a message');
    atMost(assignment.objects.length, MAX_OBJECTS, "objects in an assignment's status");
    atMost(assignment.warnings.length, MAX_WARNINGS, "warnings in an assignment's status");
    for (const object of assignment.objects)
      atMost(object.message.length, MAX_MESSAGE, 'characters in a message');
  }
}

function atMost(actual: number, limit: number, what: string): void {
  if (actual > limit) throw new ProtocolError(`${actual} ${what}; at most ${limit} are allowed`);
}
