/** Total readers over JSON of unknown shape: what isn't of the type asked for is absent. */
export type Fields = Readonly<Record<string, unknown>>;

const none: Fields = {};

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : none;
}

export function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function numberOf(value: unknown, otherwise = 0): number {
  return typeof value === 'number' ? value : otherwise;
}

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

export function conditionsOf(status: Fields): readonly Condition[] {
  return listOf(status.conditions).map(readCondition);
}

/** The first of a type. */
export function conditionOf(status: Fields, type: string): Condition | undefined {
  const list = status.conditions;
  if (!Array.isArray(list)) return undefined;
  for (const item of list) {
    const condition = fieldsOf(item);
    if (condition.type === type) return readCondition(condition);
  }
  return undefined;
}

export function readCondition(condition: Fields): Condition {
  return {
    type: textOf(condition.type),
    status: conditionStatus(condition.status),
    reason: textOf(condition.reason),
    message: textOf(condition.message),
  };
}

/** Kubernetes' own are strings; APIs whose schema takes anything keep the booleans that people write. */
function conditionStatus(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return textOf(value);
}
