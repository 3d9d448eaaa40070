// Installs the locked dependencies when they are missing or the lock file has changed,
// so that `npm run demo` and `npm test` work as the first command typed in a fresh clone.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'

const stampFile = new URL('../node_modules/.install-stamp', import.meta.url)
const lock = readFileSync(new URL('../package-lock.json', import.meta.url))
const stamp = createHash('sha256').update(lock).update(process.versions.modules).digest('hex')

if (readStamp() !== stamp) {
  const npm = process.env.npm_execpath
  const [command, args] = npm ? [process.execPath, [npm]] : ['npm', []]
  console.error('Installing dependencies (once) ...')
  const { status } = spawnSync(command, [...args, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: new URL('..', import.meta.url),
    stdio: ['ignore', 2, 2],
  })
  if (status !== 0) process.exit(status ?? 1)
  writeFileSync(stampFile, stamp)
}

function readStamp() {
  try {
    return readFileSync(stampFile, 'utf8')
  } catch {
    return undefined
  }
}
