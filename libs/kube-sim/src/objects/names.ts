/** The words of Kubernetes' validation of names, which tools and people search for. */
const dns1123Label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const dns1123Subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const dns1035Label = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const qualifiedPart = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const labelValue = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const configKey = /^[-._a-zA-Z0-9]+$/;

const tooLong = (limit: number): string => `must be no more than ${limit} characters`;

const subdomainWords =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const labelWords =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const label1035Words =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const qualifiedWords =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const labelValueWords =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const configKeyWords =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

const problems = (text: string, limit: number, pattern: RegExp, words: string): string[] => [
  ...(text.length > limit ? [tooLong(limit)] : []),
  ...(pattern.test(text) ? [] : [words]),
];

export type NameRule = 'subdomain' | 'label' | 'label-1035' | 'path-segment';

export const nameProblems = (name: string, rule: NameRule): string[] => {
  switch (rule) {
    case 'subdomain':
      return problems(name, 253, dns1123Subdomain, subdomainWords);
    case 'label':
      return problems(name, 63, dns1123Label, labelWords);
    case 'label-1035':
      return problems(name, 63, dns1035Label, label1035Words);
    case 'path-segment':
      return name === '.' || name === '..'
        ? [`may not be '${name}'`]
        : ['/', '%'].filter((part) => name.includes(part)).map((part) => `may not contain '${part}'`);
    default:
      return rule satisfies never;
  }
};

/** RBAC and a few more take any name that a path can hold. */
const byGroupKind: Readonly<Record<string, NameRule>> = {
  '/Namespace': 'label',
  '/Service': 'label-1035',
  'rbac.authorization.k8s.io/Role': 'path-segment',
  'rbac.authorization.k8s.io/ClusterRole': 'path-segment',
  'rbac.authorization.k8s.io/RoleBinding': 'path-segment',
  'rbac.authorization.k8s.io/ClusterRoleBinding': 'path-segment',
  'apiregistration.k8s.io/APIService': 'path-segment',
};

export const nameRuleOf = (group: string, kind: string): NameRule =>
  byGroupKind[`${group}/${kind}`] ?? 'subdomain';

/** Of a label's or annotation's key: an optional DNS prefix, a slash, a name. */
export const qualifiedNameProblems = (key: string): string[] => {
  const [prefix, name, ...more] = key.includes('/') ? key.split('/') : [undefined, key];
  if (more.length > 0) return [`a qualified name must consist of a DNS subdomain prefix and '/' and a name`];
  return [
    ...(prefix === undefined
      ? []
      : nameProblems(prefix, 'subdomain').map((problem) => `prefix part ${problem}`)),
    ...(name === undefined || name === ''
      ? ['name part must be non-empty']
      : problems(name, 63, qualifiedPart, qualifiedWords)),
  ];
};

export const labelValueProblems = (value: string): string[] =>
  problems(value, 63, labelValue, labelValueWords);

export const configKeyProblems = (key: string): string[] => problems(key, 253, configKey, configKeyWords);
