import type { KubeApiError } from '@muster/kube';

/** What an authorizer says of a request on a resource: `k8s.io/apiserver/…/responsewriters/errors.go`. */
const onResource =
  /User "([^"]*)" cannot (\S+) resource "([^"]*)" in API group "([^"]*)" (?:in the namespace "([^"]*)"|at the cluster scope)/;
/**
 * The verbs of impersonating, as one right or, since KEP-5284, as two narrower ones (`impersonate:serviceaccount` and
 * `impersonate-on:serviceaccount:<verb>`). API servers that know both ask for either, and name whichever failed last.
 */
const impersonating = /^impersonate(?:-on)?(?::|$)/;
/** RBAC lets nobody grant what he does not have. */
const escalation = /[Uu]ser "([^"]*)".* is attempting to grant RBAC permissions not currently held/s;
const serviceAccount = /^system:serviceaccount:([^:]+):([^:]+)$/;

/**
 * What a right is missing for, and what to grant; `account` is `<namespace>/<name>` of the service account that was
 * acted as. `undefined` when the refusal is about anything else: quotas, Pod
 * security, admission and namespaces that are being deleted answer 403 as well, and no grant would help there.
 */
export function missingRight(error: KubeApiError, account?: string): string | undefined {
  if (error.status !== 403) return undefined;
  const match = onResource.exec(error.message);
  if (match) {
    const [, user = '', verb = '', resource = '', group = '', namespace] = match;
    if (impersonating.test(verb)) return mayNotActAs(account);
    const what = group === '' ? resource : `${resource}.${group}`;
    const where = namespace === undefined ? 'in the whole cluster' : `in the namespace ${namespace}`;
    return `${whoIs(user)} may not ${verb} ${what} ${where}: grant it ${neededFor(verb)} on ${what} ${namespace === undefined ? 'by a ClusterRole' : 'there'}`;
  }
  const grants = escalation.exec(error.message);
  if (grants)
    return `${whoIs(grants[1] ?? '')} may not grant rights that it does not have itself: grant it these, or the verbs bind or escalate. ${error.message.slice(0, 600)}`;
  return undefined;
}

function mayNotActAs(account: string | undefined): string {
  return account === undefined
    ? 'the agent may not act as another: grant it the verb impersonate'
    : `the agent may not act as the service account ${account}: ` +
        `grant it impersonate on that service account (muster agent manifests --impersonate ${account})`;
}

/** A server-side apply is authorised as patch first and, where it makes the object, as create then. */
function neededFor(verb: string): string {
  return verb === 'patch' || verb === 'create' ? 'create and patch' : verb;
}

function whoIs(user: string): string {
  const [, namespace, name] = serviceAccount.exec(user) ?? [];
  return name === undefined ? `the user ${user}` : `the service account ${namespace}/${name}`;
}
