import {
  ClientError,
  exchangeToken,
  readBaseUrl,
  requestActionsToken,
  type ExchangedToken,
} from '#pkg/client'
import { reportFailure } from './client-failure.ts'
import type { Command, Terminal } from './command.ts'
import { parseOptions } from './parse-options.ts'
import { toJson } from './terminal/visible-text.ts'
import { readTokenOption } from './token-input.ts'
import { UsageError } from './usage-error.ts'

/** `ghsts exchange` */
export const exchangeCommand: Command = {
  summary: 'exchange an OIDC token for a GitHub token',
  help: `usage: ghsts exchange --url URL --scope OWNER[/REPO] --identity NAME [--token FILE|-] [--json]

Asks a service for a GitHub token and prints it, alone on its line.

  --url URL         the service: https://sts.example.com, or sts.example.com; http for this machine only
  --scope SCOPE     the repository (or the owner) that has the trust policy
  --identity NAME   the policy: .github/chainguard/NAME.sts.yaml
  --token FILE      the OIDC token is in this file; - reads it from standard input
  --audience TEXT   without --token: the audience to ask GitHub Actions for (default: the domain of --url)
  --json            prints an object: token, expiry, request_id, policy, permissions, repositories;
                    or error: kind, code, message, http_status, request_id, retry_after_seconds, details

Without --token, in a job of GitHub Actions that has the permission "id-token: write", the runner is asked for one. In a
job the new token is also masked: on standard error, where the runner reads it too.

  GH_TOKEN=$(ghsts exchange --url sts.example.com --scope acme/app --identity reader)

Exit status: 0 a token, 1 none, 2 wrong usage.
`,
  async run(args, terminal) {
    const options = await parseOptions(args, {
      command: 'ghsts exchange',
      flags: ['json'],
      values: ['url', 'scope', 'identity', 'token', 'audience'],
    })
    const url = required('--url URL', options.get('url'))
    const scope = required('--scope OWNER/REPO', options.get('scope'))
    const identity = required('--identity NAME', options.get('identity'))
    if (options.operands.length > 0) {
      throw new UsageError(
        'exchange takes options alone: a token is read from a file or standard input by --token',
      )
    }
    const tokenName = options.get('token')
    const audience = options.get('audience')
    if (tokenName !== undefined && audience !== undefined) {
      throw new UsageError('a token has its audience already: leave out --audience, or --token')
    }
    try {
      const { hostname } = readBaseUrl(url)
      const token =
        tokenName === undefined
          ? await requestRunnersToken(audience ?? hostname, terminal)
          : await readTokenOption(tokenName, terminal)
      const exchanged = await exchangeToken({ url, scope, identity, token })
      maskInRunner(exchanged.token, terminal)
      terminal.stdout.write(
        options.has('json') ? `${toJson(resultJson(exchanged))}\n` : `${exchanged.token}\n`,
      )
      return 0
    } catch (error) {
      if (!(error instanceof ClientError)) throw error
      return reportFailure(error, terminal, options.has('json'))
    }
  },
}

function required(usage: string, value: string | undefined): string {
  if (value === undefined) throw new UsageError(`${usage} is missing: type ghsts exchange --help`)
  return value
}

async function requestRunnersToken(audience: string, { env }: Terminal): Promise<string> {
  const requestUrl = env['ACTIONS_ID_TOKEN_REQUEST_URL']
  const requestToken = env['ACTIONS_ID_TOKEN_REQUEST_TOKEN']
  if (requestUrl && requestToken) return await requestActionsToken({ requestUrl, requestToken, audience })
  throw new UsageError(
    env['GITHUB_ACTIONS'] === 'true'
      ? 'this job may not have a token: give it the permission "id-token: write", or add --token FILE'
      : 'there is no token: add --token FILE, or --token - to read it from standard input',
  )
}

/**
 * Has the runner hide the token in the log of the job. It takes commands from standard error as from standard output,
 * which is for the token alone.
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#masking-a-value-in-a-log
 */
function maskInRunner(token: string, { env, stderr }: Terminal): void {
  if (env['GITHUB_ACTIONS'] === 'true') stderr.write(`::add-mask::${token.replaceAll('%', '%25')}\n`)
}

function resultJson({ token, expiry, requestId, policy, permissions, repositories }: ExchangedToken) {
  return { token, expiry, request_id: requestId, policy, permissions, repositories }
}
