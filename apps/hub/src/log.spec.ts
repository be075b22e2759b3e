import { QueryFailedError } from 'typeorm';
import { expect, test } from 'vitest';
import { createLogger, loggedError } from './log.ts';

test('a failed statement is logged with its code and beginning, and without its parameters', () => {
  const lines: string[] = [];
  const refusal = Object.assign(new Error('invalid input syntax for type json'), {
    code: '22P02',
    detail: 'Token "hunter2" is invalid.',
  });
  const statement = `insert into tokens values ($1) ${'-'.repeat(500)}`;
  const error = new QueryFailedError(statement, ['hunter2'], refusal);
  createLogger('info', { write: (line) => lines.push(line) }).error({ err: error }, 'it failed');
  expect(lines.join('')).not.toContain('hunter2');
  expect(JSON.parse(lines[0]!)).toMatchObject({
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
    msg: 'it failed',
    err: {
      type: 'QueryFailedError',
      message: 'invalid input syntax for type json',
      code: '22P02',
      statement: statement.slice(0, 200),
      stack: expect.stringContaining('log.spec.ts') as string,
    },
  });
});

test('an error is told with its causes, also where they go round', () => {
  const inner = new TypeError('inner');
  const outer = new Error('outer', { cause: inner });
  expect(loggedError(outer)).toMatchObject({
    message: 'outer',
    cause: { type: 'TypeError', message: 'inner' },
  });
  inner.cause = outer;
  expect(JSON.stringify(loggedError(outer)).length).toBeLessThan(20_000);
  expect(loggedError('a text')).toEqual({ type: 'string', message: 'a text' });
});
