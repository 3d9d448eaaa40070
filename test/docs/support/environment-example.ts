import { readProberConfig, readServiceConfig, readWebhookConfig, type ConfigResult } from '#pkg/config'

/** What an example names besides itself. */
export interface ExampleFiles {
  /** The text of every file below a folder `ssl`. */
  readonly certificate: string
  /** The text of the file that `APP_CONFIG_FILE` names. */
  readonly pools?: string
  /** Further variables. */
  readonly environment?: Readonly<Record<string, string>>
}

/** Reads an environment, as a page shows it, by the program that it is for. Every key that it names is a good one. */
export function readEnvironment(
  text: string,
  { certificate, pools = '', environment: further = {} }: ExampleFiles,
): ConfigResult<object> {
  const lines = text.trim().split('\n')
  const environment: Readonly<Record<string, string>> = {
    ...further,
    ...Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    ),
  }
  const sources = {
    readFile: (path: string) => {
      if (path === environment['APP_CONFIG_FILE']) return new TextEncoder().encode(pools)
      return new TextEncoder().encode(path.includes('/ssl/') ? certificate : '{}')
    },
    findKeyProblem: () => undefined,
  }
  if (Object.hasOwn(environment, 'GITHUB_WEBHOOK_SECRET')) return readWebhookConfig(environment, sources)
  return Object.hasOwn(environment, 'PROBER_IDENTITY')
    ? readProberConfig(environment, sources, { once: false })
    : readServiceConfig(environment, sources)
}
