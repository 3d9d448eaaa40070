import { StsError } from '#pkg/errors'

/** The most repositories that one token can be limited to. https://docs.github.com/rest/apps/apps#create-an-installation-access-token-for-an-app */
const REPOSITORIES_MAX = 500

/** What a token may do, ready to be sent: made once for a policy, used for each of its mints. */
export interface Grant {
  /** Permission name to level; never empty. */
  readonly permissions: Readonly<Record<string, string>>
  /** Bare names, never empty; or, said explicitly, all of the installation. */
  readonly repositories: readonly string[] | 'all'
  /** The body of the mint. */
  readonly body: Buffer
}

/**
 * GitHub takes a missing or empty `permissions` or `repositories` as everything the installation has. So
 * neither is ever sent empty, and `repositories` is left out for `'all'` alone.
 *
 * @throws StsError `unexpected` for an empty or oversized part: policies are judged long before.
 */
export function createGrant(
  permissions: Readonly<Record<string, string>>,
  repositories: readonly string[] | 'all',
): Grant {
  const levels = Object.entries(permissions)
  if (levels.length === 0 || levels.some(([name, level]) => name === '' || level === '')) {
    throw new StsError('unexpected', { detail: { problem: 'a grant without permissions' } })
  }
  if (repositories === 'all') {
    return { permissions, repositories, body: bodyOf({ permissions }) }
  }
  if (
    repositories.length === 0 ||
    repositories.length > REPOSITORIES_MAX ||
    repositories.some((name) => name === '')
  ) {
    throw new StsError('unexpected', { detail: { problem: 'a grant without usable repositories' } })
  }
  return { permissions, repositories, body: bodyOf({ repositories, permissions }) }
}

/** JSON in memory of its own: a body is kept as long as its policy, and would keep the 8 KiB that Node shares out. */
function bodyOf(grant: object): Buffer {
  const text = JSON.stringify(grant)
  const body = Buffer.allocUnsafeSlow(Buffer.byteLength(text))
  body.write(text)
  return body
}

const LEVELS: readonly string[] = ['read', 'write', 'admin']

/** Whether `level` gives no more than `most`; an unknown level is covered by itself alone. */
export function isLevelWithin(level: string, most: string): boolean {
  if (level === most) return true
  const rank = LEVELS.indexOf(level)
  return rank !== -1 && rank < LEVELS.indexOf(most)
}

/** A permission that a grant wants and an owner has not granted to the App. */
interface LackingPermission {
  readonly permission: string
  readonly wanted: string
  /** What is granted of it; undefined when it is not there. */
  readonly granted: string | undefined
}

/** What of `wantedPermissions` an installation with the permissions `granted` cannot give, in their order. */
export function lackingPermissions(
  wantedPermissions: Grant['permissions'],
  granted: Readonly<Record<string, string>>,
): readonly LackingPermission[] {
  const lacking: LackingPermission[] = []
  for (const [permission, wanted] of Object.entries(wantedPermissions)) {
    const level = Object.hasOwn(granted, permission) ? granted[permission] : undefined
    if (level === undefined || !isLevelWithin(wanted, level)) {
      lacking.push({ permission, wanted, granted: level })
    }
  }
  return lacking
}

/**
 * Explains a 422 by what the installation is known to have; when it has all, a repository is at fault.
 *
 * @returns StsError `permission_not_granted`
 */
export function notGranted(grant: Grant, granted: Readonly<Record<string, string>>): StsError {
  const [first] = lackingPermissions(grant.permissions, granted)
  const detail =
    first === undefined
      ? { lacking: 'repository' }
      : { lacking: 'permission', ...first, granted: first.granted ?? 'none' }
  return new StsError('permission_not_granted', { detail })
}
