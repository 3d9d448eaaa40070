import { parseArgs } from 'node:util'
import { SECTIONS, type Section } from './measurement.ts'

/** What the benchmark is told on its command line. */
export interface BenchOptions {
  readonly sections: readonly Section[]
  /** Fewer repetitions and smaller numbers: minutes less, and less exact. */
  readonly quick: boolean
  readonly markdown: boolean
  /** Ends with status 1 when a target is missed. */
  readonly check: boolean
  /** Where the measurements go as JSON. */
  readonly jsonFile: string | undefined
  /** A build to measure; default: a fresh one of the sources. */
  readonly distFolder: string | undefined
  /** Where the programs of `warm`, `deliveries` and `store` write profiles of their processor time. */
  readonly profileFolder: string | undefined
  /** Flags of Node for the service in place of the image's. */
  readonly flags: readonly string[] | undefined
}

export const USAGE = `usage: npm run bench -- [options]
  --only LIST       sections to run, divided by commas: ${SECTIONS.join(', ')}
  --quick           a short run
  --markdown        the table in Markdown
  --json FILE       the measurements as JSON
  --check           status 1 when a target is missed
  --dist DIR        measure this build instead of a fresh one
  --flags "FLAGS"   flags of Node for the service in place of the image's
  --profile DIR     write profiles of the programs of the sections warm, deliveries and store
`

/** Reads the command line; what is wrong with it, or `help`, gives text to show instead. */
export function readOptions(
  args: readonly string[],
):
  | { readonly ok: true; readonly options: BenchOptions }
  | { readonly ok: false; readonly problem: string | undefined } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        only: { type: 'string' },
        quick: { type: 'boolean', default: false },
        markdown: { type: 'boolean', default: false },
        check: { type: 'boolean', default: false },
        json: { type: 'string' },
        dist: { type: 'string' },
        flags: { type: 'string' },
        profile: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    })
    if (values.help) return { ok: false, problem: undefined }
    const wanted = values.only?.split(',') ?? SECTIONS
    const unknown = wanted.find((name) => !SECTIONS.some((section) => section === name))
    if (unknown !== undefined) return { ok: false, problem: `there is no section ${unknown}` }
    return {
      ok: true,
      options: {
        sections: SECTIONS.filter((section) => wanted.includes(section)),
        quick: values.quick,
        markdown: values.markdown,
        check: values.check,
        jsonFile: values.json,
        distFolder: values.dist,
        profileFolder: values.profile,
        flags: values.flags?.split(' ').filter((flag) => flag !== ''),
      },
    }
  } catch (thrown) {
    return { ok: false, problem: thrown instanceof Error ? thrown.message : String(thrown) }
  }
}
