import type { Fetch } from '#pkg/client'
import type { ConfigError, ProberConfig } from '#pkg/config'
import { createMetadataServer } from '#pkg/google'
import {
  createActionsSource,
  createFileSource,
  createGoogleSource,
  createIssuerSource,
  type TokenSource,
} from '#pkg/prober'

/** A token source that is open until it is closed. */
export interface OpenTokenSource extends TokenSource {
  /** Undefined when there is where the tokens shall come from, as far as that can be seen beforehand. */
  findProblem(): Promise<ConfigError | undefined>
  close(): Promise<void>
}

/** The token source that `token` names. Nothing is opened before the first call. */
export function createTokenSource(token: ProberConfig['token'], fetch: Fetch): OpenTokenSource {
  const now = Date.now
  switch (token.kind) {
    case 'file':
      return withoutConnection(createFileSource(token.path, now))
    case 'actions':
      return withoutConnection(createActionsSource(token, now, { fetch }))
    case 'issuer':
      return withoutConnection(createIssuerSource(token.url, { fetch }))
    case 'google':
      return openGoogleSource(token.metadataHost)
  }
}

function withoutConnection(source: TokenSource): OpenTokenSource {
  return { ...source, findProblem: () => Promise.resolve(undefined), close: () => Promise.resolve() }
}

function openGoogleSource(host: string | undefined): OpenTokenSource {
  const metadata = createMetadataServer({ host })
  return {
    ...createGoogleSource(metadata, Date.now),
    async findProblem() {
      if (await metadata.isPresent({ signal: new AbortController().signal })) return undefined
      return {
        variable: 'PROBER_TOKEN_FILE, ACTIONS_ID_TOKEN_REQUEST_URL, PROBER_TOKEN_URL',
        holds: 'not set',
        problem: 'no metadata server of Google Cloud answers either, so there is no token to exchange',
        allowed:
          'one of them: the path of a file with a token, what GitHub Actions sets in a job with `id-token: write`, the URL of an issuer for development',
      }
    },
    close: () => metadata.close(),
  }
}
