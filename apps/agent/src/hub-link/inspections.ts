import { status } from '@grpc/grpc-js';
import { InspectPart, ObjectDifference_Change } from '@muster/contracts';
import { encodeParts, RequestFailed } from '@muster/transport';
import type { AgentRequest } from '@muster/transport';
import { InspectionRefused } from '../inspect/model.ts';
import type { Finding, Inspection, ObjectDifference, ObjectQuery, TreeNode } from '../inspect/model.ts';
import { HEALTH } from './wire.ts';

const CODES: Record<InspectionRefused['because'], number> = {
  'not-found': status.NOT_FOUND,
  ambiguous: status.INVALID_ARGUMENT,
  forbidden: status.PERMISSION_DENIED,
  unavailable: status.UNAVAILABLE,
};

const CHANGES: Record<ObjectDifference['change'], ObjectDifference_Change> = {
  none: ObjectDifference_Change.CHANGE_NONE,
  create: ObjectDifference_Change.CHANGE_CREATE,
  update: ObjectDifference_Change.CHANGE_UPDATE,
  delete: ObjectDifference_Change.CHANGE_DELETE,
  unknown: ObjectDifference_Change.CHANGE_UNKNOWN,
};

const anything: ObjectQuery = { group: '', kind: '', namespace: '', name: '' };

/** What a request of the hub asks of the cluster; `undefined` for one that asks for something else. */
export function inspectionOf(request: AgentRequest): Inspection | undefined {
  switch (request.$case) {
    case 'inspectTree':
      return { about: 'tree', bundle: request.value.bundle };
    case 'inspectObject':
      return { ...request.value, about: 'object', object: request.value.object ?? anything };
    case 'inspectDifferences':
      return { ...request.value, about: 'differences', object: request.value.object ?? anything };
    case 'inspectEvents':
      return { ...request.value, about: 'events', object: request.value.object ?? anything };
    case 'inspectLogs':
      return { ...request.value, about: 'logs', object: request.value.object ?? anything };
    default:
      return undefined;
  }
}

/** Findings as they go to the hub, those that came together in one chunk. */
export async function* encodeFindings(
  findings: AsyncIterable<readonly Finding[]>,
): AsyncGenerator<Uint8Array, void> {
  try {
    for await (const some of findings) if (some.length > 0) yield encodeParts(some.map(encode));
  } catch (error) {
    if (!(error instanceof InspectionRefused)) throw error;
    throw new RequestFailed(CODES[error.because], error.message);
  }
}

function encode(finding: Finding): InspectPart {
  switch (finding.kind) {
    case 'node':
      return { part: { $case: 'node', value: encodeNode(finding.node) } };
    case 'object': {
      const value = { node: encodeNode(finding.node), json: Buffer.from(finding.json) };
      return { part: { $case: 'object', value } };
    }
    case 'difference': {
      const { object, change, fields, message } = finding.difference;
      const value = {
        object: { ...object },
        change: CHANGES[change],
        fields: fields.map((field) => ({ ...field })),
        message,
      };
      return { part: { $case: 'difference', value } };
    }
    case 'event': {
      const { firstAt, lastAt, object, ...event } = finding.event;
      const times = { firstAtUnixMs: BigInt(firstAt), lastAtUnixMs: BigInt(lastAt) };
      return { part: { $case: 'event', value: { ...event, ...times, object: { ...object } } } };
    }
    case 'source':
      return { part: { $case: 'source', value: { ...finding.source } } };
    case 'line':
      return { part: { $case: 'line', value: { source: { ...finding.source }, text: finding.text } } };
    case 'notice':
      return { part: { $case: 'notice', value: finding.text } };
  }
}

function encodeNode({ createdAt, health, object, ...node }: TreeNode) {
  return { ...node, object: { ...object }, health: HEALTH[health], createdAtUnixMs: BigInt(createdAt) };
}
