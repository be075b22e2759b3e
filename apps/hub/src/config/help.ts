import { environmentName } from './load.ts';
import { type Setting, settings } from './settings.ts';

/** What `muster hub --help` prints: every setting with its three ways in. */
export function helpText(): string {
  const lines = [
    'Usage: muster hub [flags]',
    '       muster hub admin-token --new [flags]',
    '',
    'Runs the hub; or prints a new admin token, for who has the database and the master key, and ends the former one.',
    '',
    'Flags go before the environment, that before the file of --config.',
    '',
    '  --config FILE',
    '      YAML with the settings below as keys, without the dashes. MUSTER_CONFIG',
  ];
  for (const [name, { description, valueName, default: value, secret }] of Object.entries<Setting>(
    settings,
  )) {
    const flag = secret === true ? `  ${name} ${valueName} (not as a flag)` : `  --${name} ${valueName}`;
    const usual = value === undefined || value === '' ? '' : ` Default: ${value}.`;
    lines.push(flag, `      ${description}${usual} ${environmentName(name)}`);
  }
  lines.push('  --help', '');
  return lines.join('\n');
}
