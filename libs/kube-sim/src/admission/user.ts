/** Who asks, as webhooks and `kubectl auth whoami` are told. Nobody is refused anything: there is no RBAC here. */
export interface User {
  readonly username: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** Whoever holds the cluster's token. */
export const administrator: User = {
  username: 'kube-sim-admin',
  groups: ['system:masters', 'system:authenticated'],
};

export const controllerUser: User = {
  username: 'system:kube-controller-manager',
  groups: ['system:authenticated'],
};
