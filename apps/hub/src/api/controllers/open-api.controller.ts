import { Controller, Get, Header, Inject } from '@nestjs/common';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { openApiDocument } from '../openapi/document.ts';

/** Needs no token: it tells nothing of the fleet. */
@Controller('api/v1/openapi.json')
export class OpenApiController {
  readonly #document: string;

  constructor(@Inject(API_CONTEXT) context: ApiContext) {
    this.#document = JSON.stringify(openApiDocument(context.version));
  }

  @Get()
  @Header('content-type', 'application/json; charset=utf-8')
  document(): string {
    return this.#document;
  }
}
