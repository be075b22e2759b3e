import { NotFoundException, PayloadTooLargeException } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { describe, expect, it } from 'vitest';
import { Problem } from './problem.ts';
import { toProblem } from './problem.filter.ts';

const request = { method: 'GET', url: '/api/v1/nothing?token=secret' } as FastifyRequest;
const failure = (fields: object, message = 'internal words') => Object.assign(new Error(message), fields);

describe('a failure', () => {
  it('that was meant for the client is told as it is', () => {
    const problem = toProblem(new Problem(409, 'Not now.', [{ field: 'name', message: 'taken' }]), request);
    expect(problem).toEqual({
      type: 'about:blank',
      title: 'Conflict',
      status: 409,
      detail: 'Not now.',
      errors: [{ field: 'name', message: 'taken' }],
    });
  });

  it('of a path that there is not names the path without its query', () => {
    expect(toProblem(new NotFoundException(), request)?.detail).toBe(
      'There is no GET /api/v1/nothing. GET /api/v1/openapi.json lists what there is.',
    );
  });

  it.each([
    [new PayloadTooLargeException('internal words'), 413],
    [failure({ statusCode: 413 }), 413],
    [failure({ statusCode: 415 }), 415],
    [failure({ code: 'ECONNREFUSED' }), 503],
    [failure({ code: 'ENOENT', syscall: 'connect' }), 503],
    [failure({ code: '57P01' }), 503],
    [failure({ code: '08006' }), 503],
    [failure({ code: '53100' }), 507],
    [failure({ code: '22021' }), 400],
  ])('%s is a %i, in our own words', (error, status) => {
    const problem = toProblem(error, request);
    expect(problem?.status).toBe(status);
    expect(JSON.stringify(problem)).not.toContain('internal words');
  });

  it.each([
    failure({}),
    failure({ statusCode: 500 }),
    failure({ code: '42P01' }),
    failure({ code: 'ENOENT', syscall: 'open' }),
    'a text',
    undefined,
  ])('%s is nothing that anybody expected', (error) => {
    expect(toProblem(error, request)).toBeUndefined();
  });
});
