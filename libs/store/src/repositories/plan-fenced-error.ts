/** Another planner wrote first: nothing was changed, plan anew from what is there now. */
export class PlanFencedError extends Error {
  override readonly name = 'PlanFencedError';
}
