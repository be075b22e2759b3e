import { Controller, Get, Header, Inject } from '@nestjs/common';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { Problem } from '../problem.ts';

/** For whoever runs the hub: alive, ready, and its figures. None needs a token, none tells of the fleet's content. */
@Controller()
export class ProbesController {
  readonly #context: ApiContext;

  constructor(@Inject(API_CONTEXT) context: ApiContext) {
    this.#context = context;
  }

  @Get('healthz')
  healthy(): { status: string } {
    return { status: 'ok' };
  }

  /** The database answers and has the hub's row, so it is migrated too. A repo that is away is no reason not to serve. */
  @Get('readyz')
  @Header('cache-control', 'no-store')
  async ready(): Promise<{ status: string }> {
    const row = await this.#context.sql
      .first('select 1 from hub')
      .catch((error: unknown) => this.#context.log.warn({ err: error }, 'The database does not answer.'));
    if (row === undefined) throw new Problem(503, 'The database does not answer, or is not set up yet.');
    return { status: 'ready' };
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  async metrics(): Promise<string> {
    return this.#context.metrics.registry.metrics();
  }
}
