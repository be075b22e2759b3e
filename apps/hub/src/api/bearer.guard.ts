import {
  type CanActivate,
  createParamDecorator,
  type ExecutionContext,
  Inject,
  Injectable,
} from '@nestjs/common';
import { hashApiToken, isApiTokenForm } from '@muster/identity';
import { HubRepository } from '@muster/store';
import type { FastifyRequest } from 'fastify';
import { API_CONTEXT, type ApiContext } from './api-context.ts';
import { Problem } from './problem.ts';

/** Who asked: the name of the token. */
const callers = new WeakMap<object, string>();

/**
 * Lets a request pass that bears a token of the hub. Tokens are found by their SHA-256: how long that takes tells
 * nothing of a token, for nobody can choose what its hash begins with without trying as many tokens.
 */
@Injectable()
export class BearerGuard implements CanActivate {
  readonly #tokens: HubRepository;

  constructor(@Inject(API_CONTEXT) context: ApiContext) {
    this.#tokens = new HubRepository(context.sql);
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const token = bearerOf(request.headers.authorization);
    if (token === undefined) {
      throw new Problem(
        401,
        'A token is needed: "Authorization: Bearer muster-api-…". `muster login` keeps one.',
      );
    }
    const name = isApiTokenForm(token) ? await this.#tokens.apiTokenName(hashApiToken(token)) : undefined;
    if (name === undefined)
      throw new Problem(401, "This token is none of this hub's. Log in anew with one that is.");
    callers.set(request, name);
    return true;
  }
}

/** The name of the token that a guarded request bears. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const caller = callers.get(context.switchToHttp().getRequest<FastifyRequest>());
  if (caller === undefined) throw new Error('the request passed no guard');
  return caller;
});

function bearerOf(header: string | undefined): string | undefined {
  return header === undefined ? undefined : /^Bearer +(\S{1,256})$/i.exec(header.trim())?.[1];
}
