// Checks docs/openapi.json against the rules of redocly.yaml; needs no network and reports nothing to anybody.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = new URL('..', import.meta.url);
const description = fileURLToPath(new URL('../docs/openapi.json', here));
if (!existsSync(description)) {
  console.error('docs/openapi.json is missing: there is nothing to check. Generate it first.');
  process.exit(1);
}
const linter = fileURLToPath(new URL('node_modules/@redocly/cli/bin/cli.js', here));
const run = spawnSync(process.execPath, [linter, 'lint', description, '--config', 'redocly.yaml'], {
  cwd: fileURLToPath(here),
  stdio: 'inherit',
  env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true', REDOCLY_SUPPRESS_NOTIFICATIONS: 'true' },
});
process.exit(run.status ?? 1);
