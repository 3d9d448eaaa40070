/** A program of the demo, and what it is there for. */
export interface Place {
  readonly name: string
  readonly url: string
  readonly purpose: string
}

/** What a visitor needs to know to try the demo out. */
export interface Guide {
  readonly places: readonly Place[]
  /** The folder whose policies can be edited. */
  readonly policies: string
  /** A command for a shell that performs an exchange. */
  readonly exchangeCommand: string
}

/** The command that asks `issuerUrl` for a job's token and exchanges it at `serviceUrl`. */
export function exchangeCommand(serviceUrl: string, issuerUrl: string, audience: string): string {
  return `curl -s '${serviceUrl}/sts/exchange?scope=acme/app&identity=release' -H "Authorization: Bearer $(
  curl -s '${issuerUrl}/actions/token?repository=acme/app&ref=main&audience=${audience}' |
    sed 's/.*"value":"\\([^"]*\\)".*/\\1/')"`
}

/** The guide as text for a terminal. */
export function renderGuide({ places, policies, exchangeCommand: command }: Guide): string {
  const nameWidth = Math.max(...places.map(({ name }) => name.length)) + 2
  const lines = places.map(({ name, url, purpose }) => `  ${name.padEnd(nameWidth)}${url}   ${purpose}`)
  return `
${lines.join('\n')}
  ${'policies'.padEnd(nameWidth)}${policies}

An exchange of your own:

${command.replaceAll(/^/gm, '  ')}
`
}
