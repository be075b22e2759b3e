import { applyDecorators, Controller, UseGuards } from '@nestjs/common';
import { BearerGuard } from './bearer.guard.ts';

/** A controller under `/api/v1` that wants a token. */
export function ApiController(path = ''): ClassDecorator {
  return applyDecorators(Controller(`api/v1/${path}`), UseGuards(BearerGuard));
}
