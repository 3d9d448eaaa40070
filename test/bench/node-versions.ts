import { spawnSync } from 'node:child_process'

/** An installed Node. */
export interface NodeVersion {
  /** With its `v`. */
  readonly version: string
  /** Path of the program. */
  readonly program: string
}

/** The Node that runs this, and the newest of each further major version, from npm's cache or registry. */
export function findNodeVersions(
  majors: readonly number[],
  onMissing: (major: number) => void,
): NodeVersion[] {
  const found = [{ version: process.version, program: process.execPath }]
  for (const major of majors) {
    if (majorOf(process.version) === major) continue
    const other = obtain(major)
    if (other === undefined) onMissing(major)
    else found.push(other)
  }
  return found.sort((one, other) => majorOf(one.version) - majorOf(other.version))
}

function obtain(major: number): NodeVersion | undefined {
  const script = 'process.version + " " + process.execPath'
  const { status, stdout } = spawnSync('npx', ['-y', '-p', `node@${major}`, '--', 'node', '-p', script], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  if (status !== 0) return undefined
  const [, version, program] = /^(v\d\S*) (.+)$/m.exec(stdout) ?? []
  if (version === undefined || program === undefined || majorOf(version) !== major) return undefined
  return { version, program }
}

function majorOf(version: string): number {
  return Number.parseInt(version.slice(1), 10)
}
