export * from './generated/muster/agent/v1/enrolment.ts';
export * from './generated/muster/agent/v1/session.ts';
export * from './generated/muster/agent/v1/state.ts';
