/**
 * Kinds without namespaces, as `group/Kind`: all that Kubernetes has itself and that can be in a manifest, and those
 * that most clusters run. Of others only an agent that names an object says.
 */
const clusterScopedKinds = [
  '/Namespace',
  '/Node',
  '/PersistentVolume',
  'admissionregistration.k8s.io/MutatingAdmissionPolicy',
  'admissionregistration.k8s.io/MutatingAdmissionPolicyBinding',
  'admissionregistration.k8s.io/MutatingWebhookConfiguration',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding',
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration',
  'apiextensions.k8s.io/CustomResourceDefinition',
  'apiregistration.k8s.io/APIService',
  'certificates.k8s.io/CertificateSigningRequest',
  'flowcontrol.apiserver.k8s.io/FlowSchema',
  'flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration',
  'networking.k8s.io/IPAddress',
  'networking.k8s.io/IngressClass',
  'networking.k8s.io/ServiceCIDR',
  'node.k8s.io/RuntimeClass',
  'rbac.authorization.k8s.io/ClusterRole',
  'rbac.authorization.k8s.io/ClusterRoleBinding',
  'resource.k8s.io/DeviceClass',
  'resource.k8s.io/ResourceSlice',
  'scheduling.k8s.io/PriorityClass',
  'storage.k8s.io/CSIDriver',
  'storage.k8s.io/CSINode',
  'storage.k8s.io/StorageClass',
  'storage.k8s.io/VolumeAttachment',
  'storage.k8s.io/VolumeAttributesClass',
  'cert-manager.io/ClusterIssuer',
  'external-secrets.io/ClusterExternalSecret',
  'external-secrets.io/ClusterSecretStore',
  'gateway.networking.k8s.io/GatewayClass',
  'karpenter.sh/NodePool',
  'kyverno.io/ClusterPolicy',
  'snapshot.storage.k8s.io/VolumeSnapshotClass',
  'snapshot.storage.k8s.io/VolumeSnapshotContent',
];

/** `bundle_namespaces`: what each bundle's policy, at the revision that clusters have, gives objects that name none. */
export const bundleNamespaces = `bundle_namespaces as materialized (
  select name, coalesce(convert_from(policy, 'UTF8')::jsonb ->> 'namespace', 'default') as namespace
  from bundles where policy is not null)`;

/** The namespace that agents apply a manifest's object to; `o` is of `manifest_objects`, `d` of `bundle_namespaces`. */
export const objectNamespace = `case
  when o.api_group || '/' || o.kind in (${clusterScopedKinds.map((it) => `'${it}'`).join(', ')}) then ''
  else coalesce(nullif(o.namespace, ''), d.namespace, 'default') end`;
