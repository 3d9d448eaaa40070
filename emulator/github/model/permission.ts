/** How much of something a permission gives, weakest first. */
const PERMISSION_LEVELS = ['read', 'write', 'admin'] as const

export type PermissionLevel = (typeof PERMISSION_LEVELS)[number]

/** Permission name to level, as in GitHub's JSON. */
export type Permissions = Readonly<Record<string, PermissionLevel>>

/** True if `held` gives at least `level` of `name`. */
export function permits(held: Permissions, name: string, level: PermissionLevel): boolean {
  const have = held[name]
  return have !== undefined && PERMISSION_LEVELS.indexOf(have) >= PERMISSION_LEVELS.indexOf(level)
}

export function isPermissionLevel(value: unknown): value is PermissionLevel {
  return PERMISSION_LEVELS.some((level) => level === value)
}

/** Every App may read metadata of what it is installed on, asked for or not. */
export function withMetadata(permissions: Permissions): Permissions {
  return { ...permissions, metadata: permissions['metadata'] ?? 'read' }
}
