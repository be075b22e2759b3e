/** What every cluster serves: plural, group, kind. People write these by any of their names, as for kubectl. */
const namespaced = `
configmaps - ConfigMap
endpoints - Endpoints
events - Event
limitranges - LimitRange
persistentvolumeclaims - PersistentVolumeClaim
pods - Pod
podtemplates - PodTemplate
replicationcontrollers - ReplicationController
resourcequotas - ResourceQuota
secrets - Secret
serviceaccounts - ServiceAccount
services - Service
controllerrevisions apps ControllerRevision
daemonsets apps DaemonSet
deployments apps Deployment
replicasets apps ReplicaSet
statefulsets apps StatefulSet
horizontalpodautoscalers autoscaling HorizontalPodAutoscaler
cronjobs batch CronJob
jobs batch Job
leases coordination.k8s.io Lease
endpointslices discovery.k8s.io EndpointSlice
ingresses networking.k8s.io Ingress
networkpolicies networking.k8s.io NetworkPolicy
poddisruptionbudgets policy PodDisruptionBudget
rolebindings rbac.authorization.k8s.io RoleBinding
roles rbac.authorization.k8s.io Role
csistoragecapacities storage.k8s.io CSIStorageCapacity
resourceclaims resource.k8s.io ResourceClaim
resourceclaimtemplates resource.k8s.io ResourceClaimTemplate`;

const clusterScoped = `
namespaces - Namespace
nodes - Node
persistentvolumes - PersistentVolume
mutatingwebhookconfigurations admissionregistration.k8s.io MutatingWebhookConfiguration
validatingwebhookconfigurations admissionregistration.k8s.io ValidatingWebhookConfiguration
validatingadmissionpolicies admissionregistration.k8s.io ValidatingAdmissionPolicy
validatingadmissionpolicybindings admissionregistration.k8s.io ValidatingAdmissionPolicyBinding
customresourcedefinitions apiextensions.k8s.io CustomResourceDefinition
apiservices apiregistration.k8s.io APIService
certificatesigningrequests certificates.k8s.io CertificateSigningRequest
flowschemas flowcontrol.apiserver.k8s.io FlowSchema
prioritylevelconfigurations flowcontrol.apiserver.k8s.io PriorityLevelConfiguration
ingressclasses networking.k8s.io IngressClass
runtimeclasses node.k8s.io RuntimeClass
clusterrolebindings rbac.authorization.k8s.io ClusterRoleBinding
clusterroles rbac.authorization.k8s.io ClusterRole
priorityclasses scheduling.k8s.io PriorityClass
csidrivers storage.k8s.io CSIDriver
storageclasses storage.k8s.io StorageClass
volumeattachments storage.k8s.io VolumeAttachment
deviceclasses resource.k8s.io DeviceClass`;

/** What an RBAC rule names. */
export interface KindName {
  readonly plural: string;
  /** '' for the core group. */
  readonly group: string;
}

export interface KnownKind extends KindName {
  readonly kind: string;
  readonly namespaced: boolean;
}

const knownKinds: readonly KnownKind[] = [...read(namespaced, true), ...read(clusterScoped, false)];

function read(table: string, isNamespaced: boolean): readonly KnownKind[] {
  return table
    .trim()
    .split('\n')
    .map((line) => {
      const [plural = '', group = '', kind = ''] = line.split(' ');
      return { plural, group: group === '-' ? '' : group, kind, namespaced: isNamespaced };
    });
}

/** By plural, by kind in any case, or by `plural.group`. */
export function knownKind(text: string): KnownKind | undefined {
  const wanted = text.toLowerCase();
  return knownKinds.find(
    ({ plural, group, kind }) =>
      plural === wanted || kind.toLowerCase() === wanted || (group !== '' && `${plural}.${group}` === wanted),
  );
}
