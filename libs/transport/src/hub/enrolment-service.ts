import { status } from '@grpc/grpc-js';
import type { sendUnaryData, ServerUnaryCall } from '@grpc/grpc-js';
import type {
  Certificate,
  EnrolRequest,
  EnrolResponse,
  RenewRequest,
  RenewResponse,
} from '@muster/contracts';
import type { AgentHandlers, EnrolRefusal, IssuedToAgent, RenewRefusal, TransportProblem } from '../port.ts';
import type { RateLimit } from './rate-limit.ts';
import { rateLimitKey } from './rate-limit.ts';

const CODES: Record<EnrolRefusal | RenewRefusal, number> = {
  'token-malformed': status.UNAUTHENTICATED,
  'token-unknown': status.UNAUTHENTICATED,
  'token-used': status.UNAUTHENTICATED,
  'token-expired': status.UNAUTHENTICATED,
  'name-not-allowed': status.PERMISSION_DENIED,
  'name-taken': status.ALREADY_EXISTS,
  'invalid-request': status.INVALID_ARGUMENT,
  'not-its-key': status.UNAUTHENTICATED,
  removed: status.PERMISSION_DENIED,
};

/** Serves enrolment and renewal: anybody may call, so attempts are counted per address before anything is read. */
export class EnrolmentService {
  readonly #handlers: AgentHandlers;
  readonly #rate: RateLimit;
  readonly #problem: (problem: TransportProblem) => void;

  constructor(handlers: AgentHandlers, rate: RateLimit, problem: (problem: TransportProblem) => void) {
    this.#handlers = handlers;
    this.#rate = rate;
    this.#problem = problem;
  }

  readonly enrol = (
    call: ServerUnaryCall<EnrolRequest, EnrolResponse>,
    reply: sendUnaryData<EnrolResponse>,
  ): void => {
    this.#limited(call.getPeer(), reply, async (address) => {
      const outcome = await this.#handlers.enrol({ ...call.request, address });
      if (outcome.outcome === 'refused') return { code: CODES[outcome.reason], details: outcome.message };
      const { clusterName, fleet } = outcome;
      return { answer: { certificate: certificateOf(outcome.certificate), clusterName, fleet } };
    });
  };

  readonly renew = (
    call: ServerUnaryCall<RenewRequest, RenewResponse>,
    reply: sendUnaryData<RenewResponse>,
  ): void => {
    this.#limited(call.getPeer(), reply, async (address) => {
      const outcome = await this.#handlers.renew({ ...call.request, address });
      if (outcome.outcome === 'refused') return { code: CODES[outcome.reason], details: outcome.message };
      return { answer: { certificate: certificateOf(outcome.certificate) } };
    });
  };

  #limited<T>(
    address: string,
    reply: sendUnaryData<T>,
    serve: (address: string) => Promise<{ answer: T } | { code: number; details: string }>,
  ): void {
    if (!this.#rate.take(rateLimitKey(address))) {
      this.#problem({ kind: 'rate-limited', message: 'too many attempts to enrol or renew', address });
      reply({
        code: status.RESOURCE_EXHAUSTED,
        details: 'too many attempts from this address: wait a minute',
      });
      return;
    }
    serve(address).then(
      (result) => {
        if (!('answer' in result)) return reply(result);
        // A fleet that enrols from behind one address is no attack.
        this.#rate.giveBack(rateLimitKey(address));
        reply(null, result.answer);
      },
      (cause: unknown) => {
        this.#problem({ kind: 'handler-failed', message: 'enrolment failed', address, cause });
        reply({ code: status.INTERNAL, details: 'the hub failed' });
      },
    );
  }
}

function certificateOf(issued: IssuedToAgent): Certificate {
  return {
    certificate: Buffer.from(issued.certificate),
    caBundle: issued.caBundle.map((der) => Buffer.from(der)),
    notAfterUnixMs: BigInt(issued.notAfter),
    renewAfterUnixMs: BigInt(issued.renewAfter),
    sessionAddress: issued.sessionAddress,
  };
}
