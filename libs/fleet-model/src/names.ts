/** RFC 1123's label, as Kubernetes checks names of namespaces: what bundles, clusters and groups are named by. */
export const DNS_LABEL_PATTERN = '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$';

/** A label's value: empty, or up to 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends. */
export const LABEL_VALUE_PATTERN = '^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$';

/** A label's key: a name like a value's, behind an optional `dns.subdomain/`. The prefix's length is checked apart. */
export const LABEL_KEY_PATTERN =
  '^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$';

const dnsLabel = new RegExp(DNS_LABEL_PATTERN);
const labelValue = new RegExp(LABEL_VALUE_PATTERN);
const labelName = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const dnsSubdomainPart = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

export function isDnsLabel(text: string): boolean {
  return dnsLabel.test(text);
}

export function isLabelValue(text: string): boolean {
  return labelValue.test(text);
}

/** As `IsQualifiedName` of k8s.io/apimachinery: prefix and name each checked by itself, so no pattern can be made slow. */
export function isLabelKey(text: string): boolean {
  const slash = text.indexOf('/');
  if (slash === -1) return labelName.test(text);
  const prefix = text.slice(0, slash);
  return (
    prefix.length <= 253 &&
    prefix.split('.').every((part) => dnsSubdomainPart.test(part)) &&
    labelName.test(text.slice(slash + 1))
  );
}

export const DNS_LABEL_RULE =
  'lower-case letters, digits and "-", with a letter or digit at both ends, at most 63 characters';
export const LABEL_VALUE_RULE =
  'letters, digits, "-", "_" and ".", with a letter or digit at both ends, at most 63 characters; or empty';
export const LABEL_KEY_RULE =
  'a name of at most 63 letters, digits, "-", "_" and "." with a letter or digit at both ends, behind an optional DNS name and "/"';
