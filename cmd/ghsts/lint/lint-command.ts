import type { Command } from '../command.ts'

const HELP = `usage: ghsts policy lint FILE... [OPTION...]

Reads trust policies and issuer lists (trusted-token-issuers.yaml) as the service does, and says what is wrong with
them, a line for each finding; on a terminal with the line of the file:

  FILE:LINE:COLUMN SEVERITY CODE MESSAGE

  --level LEVEL             repository or organization. Without it the path says so: a file in
                            OWNER/REPOSITORY/.github/chainguard/ is of the organization if REPOSITORY is .github,
                            and else of a repository
  --repo OWNER/NAME         the repository that the files are in: says the level, and origin is held against it
  --org-policy-repo NAME    the repository of the organization's policies (default: .github)
  --allow-loopback-issuers  permits http issuers on the loopback in issuer lists, as a service can be told to
  --strict                  errors for what a strict service refuses: any_audience, issuer_past_host,
                            tenant_not_pinned
  --octo-sts                says too where octo-sts judges otherwise: an error for what works there and not here, a
                            warning where both read it differently
  --json                    prints one JSON object instead

JSON: { "files": [{ "file", "level": "repository" | "organization" | "issuer-list", "verdict": "valid" | "invalid",
                    "diagnostics": [{ "severity": "error" | "warning", "code", "message", "line", "column" }],
                    "octo_sts"?: "accepts" | "rejects" }],
        "errors": NUMBER, "warnings": NUMBER, "works_in_octo_sts_only"?: NUMBER }
A file is invalid if one of its diagnostics is an error. Codes are stable, messages are for people. Lines and columns
count from 1, columns in UTF-16 code units. What is about a file as a whole is at 1:1.

Exit status: 0 no errors, 1 errors or unreadable files, 2 wrong usage.
`

/** `ghsts policy lint` */
export const lintCommand: Command = {
  summary: 'say what is wrong with trust policies and issuer lists',
  help: HELP,
  run: async (args, terminal) => (await import('./lint-files.ts')).lintFiles(args, terminal),
}
