import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { contextFilter } from './build-context.ts'
import { copyIn, instructionsOf, parseDockerfile, type Stage } from './dockerfile.ts'
import { copyTree, linkTree } from './file-tree.ts'

/** What npm says when no registry answers, and its cache does not have it. */
const UNREACHABLE = /\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENOTCACHED|ENETUNREACH)\b/
/** The step of the Dockerfile that installs all of the lock file, as the tree under test has done already. */
const FULL_INSTALL = /^npm ci(?! .*--omit)[^&|;]*$/

export interface ImageBuilder {
  /** The folder with the file system of a stage: what is on top of its base image. Built once. */
  readonly stage: (name: string) => Promise<string>
}

/** A step of the Dockerfile needs a registry, and none can be reached. */
export class UnreachableError extends Error {}

/**
 * Runs the steps of a Dockerfile on this machine, each stage in a folder of its own, stages beside each other as
 * BuildKit does. Base images are empty folders: the steps that run something run on this machine's Node and shell.
 */
export function createImageBuilder(root: string, output: string): ImageBuilder {
  const stages = parseDockerfile(readFileSync(join(root, 'Dockerfile'), 'utf8'))
  const isInContext = contextFilter(readFileSync(join(root, '.dockerignore'), 'utf8'))
  const built = new Map<string, Promise<string>>()

  function build(name: string): Promise<string> {
    const stage = stages.find((one) => one.name === name)
    if (stage === undefined) throw new Error(`there is no stage ${name}`)
    const known = built.get(name) ?? buildStage(stage)
    built.set(name, known)
    return known
  }

  async function buildStage({ name, base, instructions }: Stage): Promise<string> {
    const folder = join(output, name)
    mkdirSync(folder, { recursive: true })
    if (stages.some((stage) => stage.name === base)) linkTree(await build(base), folder)
    let workDir = workDirOf(base)
    for (const { keyword, text } of instructions) {
      if (keyword === 'WORKDIR') workDir = text
      const directory = join(folder, workDir)
      mkdirSync(directory, { recursive: true })
      if (keyword === 'COPY') await copy(text, directory)
      if (keyword === 'RUN') await run(text, directory)
    }
    return folder
  }

  function workDirOf(name: string): string {
    return instructionsOf(stages, name, 'WORKDIR').at(-1) ?? '/'
  }

  async function copy(text: string, directory: string): Promise<void> {
    const { from, sources, target } = copyIn(text)
    const top = from === undefined ? root : await build(from)
    for (const source of sources.flatMap((one) => expand(top, one))) {
      if (from === undefined && !isInContext(source)) throw new Error(`${source} is not in the build context`)
      const isFolder = statSync(join(top, source)).isDirectory()
      const into = join(directory, target)
      const place = from === undefined ? copyTree : linkTree
      place(join(top, source), !isFolder && target.endsWith('/') ? join(into, basename(source)) : into)
    }
  }

  function run(text: string, directory: string): Promise<void> {
    if (/(?:^|\s)\//.test(text)) throw new Error(`this step leaves its folder: ${text}`)
    if (FULL_INSTALL.test(text) && existsSync(join(root, 'node_modules'))) {
      symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'))
      return Promise.resolve()
    }
    return runShell(text, directory)
  }

  return { stage: build }
}

/** The paths that a source of COPY stands for: itself, or the files that its last part matches. */
function expand(top: string, source: string): readonly string[] {
  const pattern = basename(source)
  if (!pattern.startsWith('*')) return [source]
  const folder = dirname(source)
  return readdirSync(join(top, folder))
    .filter((name) => name.endsWith(pattern.slice(1)))
    .map((name) => join(folder, name))
}

function runShell(text: string, directory: string): Promise<void> {
  const child = spawn('sh', ['-c', `umask 022; ${text}`], { cwd: directory, env: buildEnvironment() })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => (output += part))
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (code) => {
      if (code === 0) resolve()
      else if (UNREACHABLE.test(output)) reject(new UnreachableError(output))
      else reject(new Error(`this step failed: ${text}\n${output}`))
    })
  })
}

/** What npm says about the project that runs the tests must not reach the npm of a step. */
function buildEnvironment(): NodeJS.ProcessEnv {
  const isOfTests = (name: string): boolean => /^(?:npm_(?!config_(?:cache|registry)$)|NODE_)/i.test(name)
  return {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !isOfTests(name))),
    PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
    npm_config_prefer_offline: 'true',
  }
}
