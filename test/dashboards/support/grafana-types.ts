import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import ts from 'typescript'
import { cacheFolder, fetchPackage, type NpmPackage } from '../../support/npm-package.ts'
import { unless } from '../../support/requirement.ts'

const run = promisify(execFile)

/** The types that Grafana is built with, generated from its schemas. */
const PACKAGE: NpmPackage = {
  spec: '@grafana/schema@13.2.3',
  sha512: 'rk8FEO7yuFfRTK/JD39747SZFQ+iCTQbpm6Mh2OjnqGx/g/uQQFx56t64eCLXWEyoR68ru4cigcGKrXk+ozrLg==',
  folder: 'grafana-schema-13.2.3',
}
/** The package leaves the model of a query to its data source, and of a panel to the panel. */
const TYPES = `
import type { Dashboard, DataQuery, Panel, RowPanel } from '@grafana/schema'
import type { FieldConfig, Options } from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen'

/** What JSON has in place of enumerations. */
type Json<T> = T extends string ? \`\${T}\`
  : T extends number ? (\`\${T}\` extends \`\${infer N extends number}\` ? N : T)
  : T extends readonly (infer E)[] ? Json<E>[]
  : T extends object ? { [K in keyof T]: Json<T[K]> }
  : T
type Own<T, K extends PropertyKey> = { [P in keyof T as P extends K ? never : P]: T[P] }
type FieldConfigSource = NonNullable<Panel['fieldConfig']>
interface TimeSeries extends Own<Panel, 'type' | 'options' | 'fieldConfig' | 'targets'> {
  type: 'timeseries'
  options: Options
  fieldConfig: Own<FieldConfigSource, 'defaults'> & {
    defaults: Own<FieldConfigSource['defaults'], 'custom'> & { custom: FieldConfig }
  }
  targets: (DataQuery & { expr: string; legendFormat: string; range: boolean })[]
}
export type DashboardJson = Json<Own<Dashboard, 'panels'> & { panels: (TimeSeries | RowPanel)[] }>
`

/** Why what needs the package is skipped, or false. */
export const WITHOUT_TYPES: string | false = unless(
  'grafana-schema',
  await unpack().then(
    () => true,
    () => false,
  ),
  "Grafana's types, a package from npm,",
)

async function unpack(): Promise<string> {
  const archive = await fetchPackage(PACKAGE)
  const place = join(cacheFolder(PACKAGE), 'node_modules', '@grafana', 'schema')
  if (existsSync(place)) return place
  const folder = await mkdtemp(join(cacheFolder(PACKAGE), 'unpack-'))
  try {
    await run('tar', ['-xzf', archive, '-C', folder])
    await mkdir(join(place, '..'), { recursive: true })
    await rename(join(folder, 'package'), place)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return place
}

/** What the compiler says to each of these dashboards; a property that Grafana does not know is an error too. */
export function checkDashboards(dashboards: readonly object[]): readonly (readonly string[])[] {
  const folder = cacheFolder(PACKAGE)
  const typesFile = join(folder, 'types.ts')
  const files = dashboards.map((_, index) => join(folder, `dashboard-${String(index)}.ts`))
  const texts = new Map([[typesFile, TYPES]])
  dashboards.forEach((dashboard, index) => {
    const value = JSON.stringify(dashboard, undefined, 1)
    const text = `import type { DashboardJson } from './types.ts'\nexport const dashboard: DashboardJson = ${value}\n`
    texts.set(files[index] ?? '', text)
  })
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ['lib.es2022.d.ts'],
    types: [],
  }
  const host = ts.createCompilerHost(options)
  const readFile = host.readFile.bind(host)
  const fileExists = host.fileExists.bind(host)
  host.readFile = (file) => texts.get(file) ?? readFile(file)
  host.fileExists = (file) => texts.has(file) || fileExists(file)
  const program = ts.createProgram([typesFile, ...files], options, host)
  const problemsOf = (file: string): readonly string[] =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(file))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
  const ofTypes = problemsOf(typesFile)
  if (ofTypes.length > 0) throw new Error(ofTypes.join('\n'))
  return files.map(problemsOf)
}
