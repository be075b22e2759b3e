import { STATUS_CODES } from 'node:http';
import { LISTS, ListQuery, type ListName, ProblemDetails } from '@muster/api';
import type { z } from 'zod';
import { type Operation, operations } from './operations.ts';
import { type JsonSchema, SchemaBook } from './schemas.ts';

/** OpenAPI 3.1, whose schemas are JSON Schema 2020-12, which zod's are printed as. */
export function openApiDocument(version: string): JsonSchema {
  const book = new SchemaBook();
  const problem = book.of(ProblemDetails.meta({ id: 'Problem' }), 'output');
  const paths: Record<string, Record<string, JsonSchema>> = {
    '/api/v1/openapi.json': { get: documentOfItself },
    '/api/v1/webhooks/git': { post: webhook(problem) },
  };
  for (const operation of operations) {
    const path = (paths[`/api/v1${operation.path}`] ??= {});
    path[operation.method] = describe(operation, book, problem);
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Muster',
      version,
      description:
        'The fleet hub. Reads carry an ETag; answers that are not 2xx are application/problem+json (RFC 9457).',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    security: [{ token: [] }],
    paths,
    components: {
      schemas: book.components(),
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: '`muster-api-…`' } },
    },
  };
}

const documentOfItself: JsonSchema = {
  operationId: 'getOpenApi',
  summary: 'This document.',
  security: [],
  responses: { 200: { description: 'OK', content: { 'application/json': { schema: { type: 'object' } } } } },
};

/** Not under a token: the Git server proves itself by what it shares with the hub, over the raw body. */
function webhook(problem: JsonSchema): JsonSchema {
  const refused = (status: number): JsonSchema => ({
    description: STATUS_CODES[status],
    content: { 'application/problem+json': { schema: problem } },
  });
  return {
    operationId: 'receiveWebhook',
    summary:
      'A push, told by a Git server: GitHub, GitLab, Gitea, or any that signs with HMAC. The hub looks at the repo.',
    tags: ['webhooks'],
    security: [],
    requestBody: { required: true, content: { 'application/json': { schema: {} } } },
    responses: {
      202: { description: STATUS_CODES[202] },
      401: refused(401),
      403: refused(403),
      413: refused(413),
    },
  };
}

function describe(operation: Operation, book: SchemaBook, problem: JsonSchema): JsonSchema {
  const { answer } = operation;
  const parameters = [
    ...pathParameters(operation.path),
    ...(operation.list ? listParameters(operation.list, book) : []),
    ...(operation.query ? queryParameters(operation.query, book) : []),
  ];
  return {
    operationId: operation.id,
    summary: operation.summary,
    tags: [operation.path.split('/')[1]],
    ...(parameters.length > 0 && { parameters }),
    ...(operation.body && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: book.of(operation.body, 'input') } },
      },
    }),
    responses: {
      [answer.status]: {
        description: STATUS_CODES[answer.status],
        ...(answer.schema && {
          content: { [answer.type ?? 'application/json']: { schema: book.of(answer.schema, 'output') } },
        }),
      },
      ...(operation.method === 'get' && !answer.type && { 304: { description: STATUS_CODES[304] } }),
      ...Object.fromEntries(
        [400, 401, ...(operation.problems ?? []), 500].map((status) => [
          status,
          {
            description: STATUS_CODES[status],
            content: { 'application/problem+json': { schema: problem } },
          },
        ]),
      ),
    },
  };
}

function pathParameters(path: string): JsonSchema[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function listParameters(list: ListName, book: SchemaBook): JsonSchema[] {
  const { filters, labelSelector, sort } = LISTS[list];
  const shared = queryParameters(ListQuery, book).filter(
    (it) => labelSelector || it.name !== 'labelSelector',
  );
  return [
    ...filters.map((name) => ({
      name,
      in: 'query',
      description: 'Only these; several, by commas, mean any of them.',
      schema: { type: 'array', items: { type: 'string' } },
      style: 'form',
      explode: false,
    })),
    ...shared.map((it) => ({ ...it, ...(descriptions(sort)[it.name as string] ?? {}) })),
  ];
}

function descriptions(sort: readonly string[]): Readonly<Record<string, JsonSchema>> {
  const keys = sort.map((it) => it.replace('-', '')).join(', ');
  return {
    labelSelector: { description: "As kubectl's -l: `env=prod,tier in (web,api),!legacy`." },
    sort: { description: `By commas, "-" before one is descending: ${keys}. Without: ${sort[0]}.` },
    page: { description: '`nextPage` of the answer before.' },
  };
}

function queryParameters(query: z.ZodObject, book: SchemaBook): JsonSchema[] {
  return Object.entries(query.shape as Readonly<Record<string, z.ZodType>>).map(([name, schema]) => ({
    name,
    in: 'query',
    required: false,
    schema: book.of(schema, 'input'),
  }));
}
