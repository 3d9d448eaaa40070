import { ClientError, revokeToken } from '#pkg/client'
import { reportFailure } from './client-failure.ts'
import type { Command, Terminal } from './command.ts'
import { parseOptions } from './parse-options.ts'
import { toJson } from './terminal/visible-text.ts'
import { readTokenInput } from './token-input.ts'
import { UsageError } from './usage-error.ts'

/** What a script pipes in after a failure, such as `null`, is shorter. GitHub's tokens have 40 and more. */
const TOKEN_MIN_CHARACTERS = 20

const GITHUB_URL = 'https://api.github.com'

/** `ghsts revoke` */
export const revokeCommand: Command = {
  summary: 'revoke the GitHub token on standard input',
  help: `usage: ghsts revoke [--github-url URL] [--json] < TOKEN

Revokes the token of an App's installation that is on standard input. A token that GitHub does not know (any more) is
as good as revoked there: that is said, and is no failure. A token of another GitHub lives on.

  --github-url URL  the REST API: https://HOST/api/v3 of a GitHub Enterprise Server. Default: GITHUB_BASE_URL, else
                    GITHUB_API_URL (which runners set), else ${GITHUB_URL}
  --json            prints an object: status ("revoked" or "invalid"); or error: kind, message, http_status

  echo "$GH_TOKEN" | ghsts revoke

Exit status: 0 GitHub does not accept the token (any more), 1 it may, 2 wrong usage.
`,
  async run(args, terminal) {
    const options = await parseOptions(args, {
      command: 'ghsts revoke',
      flags: ['json'],
      values: ['github-url'],
    })
    if (options.operands.length > 0)
      throw new UsageError('revoke reads the token from standard input: write none here')
    const json = options.has('json')
    const token = await readTokenInput(terminal)
    if (token.length < TOKEN_MIN_CHARACTERS) {
      throw new UsageError('that is too short for a token of GitHub: pipe in what ghsts exchange printed')
    }
    if (token.startsWith('ey')) {
      throw new UsageError(
        'that is no token of GitHub, but one to exchange: pipe in what ghsts exchange printed',
      )
    }
    const gitHubUrl = options.get('github-url') ?? gitHubUrlOf(terminal)
    try {
      const status = await revokeToken({ gitHubUrl, token })
      if (json) terminal.stdout.write(`${toJson({ status })}\n`)
      else if (status === 'revoked') terminal.stderr.write('ghsts: the token is revoked\n')
      else
        terminal.stderr.write(
          'ghsts: GitHub does not know this token: it has expired, was revoked before, or is of another GitHub\n',
        )
      return 0
    } catch (error) {
      if (!(error instanceof ClientError)) throw error
      return reportFailure(error, terminal, json)
    }
  },
}

function gitHubUrlOf({ env }: Terminal): string {
  return env['GITHUB_BASE_URL'] || env['GITHUB_API_URL'] || GITHUB_URL
}
