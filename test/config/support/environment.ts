import { readServiceConfig, type ConfigError, type ServiceConfig } from '#pkg/config'

export const PEM =
  '-----BEGIN RSA PRIVATE KEY-----\nc2VjcmV0IGtleSBtYXRlcmlhbA==\n-----END RSA PRIVATE KEY-----\n'

/** The least that the service starts with. */
export const MINIMAL: Readonly<Record<string, string>> = {
  PORT: '8080',
  STS_DOMAIN: 'sts.example.com',
  GITHUB_APP_IDS: '12345',
  APP_SECRET_CERTIFICATE_ENV_VAR: PEM,
}

export type Changes = Readonly<Record<string, string | undefined>>

/** What the judge of keys in these tests says of any key but `PEM`. */
export const KEY_PROBLEM = 'it is not the key of these tests'

/** Reads files from memory; any other path does not exist. */
export function filesOf(files: Readonly<Record<string, string | Uint8Array>>): (path: string) => Uint8Array {
  return (path) => {
    const file = Object.hasOwn(files, path) ? files[path] : undefined
    if (file === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
    return typeof file === 'string' ? new TextEncoder().encode(file) : file
  }
}

/** What the minimal environment with `changes` makes, with its files. */
export function read(changes: Changes, files: Readonly<Record<string, string | Uint8Array>> = {}) {
  return readServiceConfig(
    { ...MINIMAL, ...changes },
    {
      readFile: filesOf(files),
      findKeyProblem: (pem) => (pem === PEM ? undefined : KEY_PROBLEM),
    },
  )
}

/** The configuration of an environment that must be valid. */
export function configOf(
  changes: Changes,
  files: Readonly<Record<string, string | Uint8Array>> = {},
): ServiceConfig {
  const result = read(changes, files)
  if (!result.ok) throw new Error(result.errors.map(({ variable }) => variable).join(' '))
  return result.config
}

/** The errors of an environment, empty when it is valid. */
export function errorsOf(
  changes: Changes,
  files: Readonly<Record<string, string | Uint8Array>> = {},
): readonly ConfigError[] {
  const result = read(changes, files)
  return result.ok ? [] : result.errors
}
