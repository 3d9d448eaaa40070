import type { Command } from '../command.ts'

const HELP = `usage: ghsts policy check --policy FILE (--token FILE | --claims FILE) [OPTION...]
       ghsts policy check --jsonl

Would this policy let this token in? Prints what the policy demands, what the token has, and what it would be given.
A token is decoded, not verified; the issuer list of the organization is not asked.

  --policy FILE             the trust policy
  --token FILE              the OIDC token (a JWT); - is standard input. It is never printed
  --claims FILE             its claims instead, as a JSON object
  --domain DOMAIN           the domain of the service: the audience that a policy demands if it names none
  --level LEVEL             repository or organization. Without it the path of the policy says so, as for lint
  --repo OWNER/NAME         the repository that the policy is in: says the level, and origin is judged
  --org-policy-repo NAME    the repository of the organization's policies (default: .github)
  --allow-loopback-issuers  permits http issuers on the loopback, as a service can be told to
  --json                    prints one JSON object instead
  --jsonl                   judges many: reads one JSON object a line from standard input, answers each with a line

JSON: { "verdict": "allow" | "mismatch" | "token_invalid" | "policy_invalid",
        "reason"?: NAME of the first check that failed, or of what is wrong with the token,
        "problem"?: TEXT on a token that is invalid,
        "policy": { "file", "level": "repository" | "organization" },
        "diagnostics": [{ "severity": "error" | "warning", "code", "message", "line", "column" }],
        "checks": [{ "field", "ok", "reason", "expected"?, "actual"?, "hint"?,
                     "difference"?: { "kind": "case" | "character" | "rest", "column" } }],
        "grant"?: { "permissions": { NAME: "read" | "write" | "admin" }, "repositories": [NAME] | "all" | "own" },
        "notes": [{ "code", "message" }] }
There are no checks of an invalid policy or token, and a grant only with "allow". "own" is the repository that the
policy is in, where that is not known.

JSONL in:  { "id", "level": "repository" | "organization" | "issuer-list", "policy": TEXT, "domain"?, "repo"?,
             "allow_loopback_issuers"?: BOOLEAN, "tokens"?: [CLAIMS] }
JSONL out: { "id", "verdict": "valid" | "invalid", "diagnostics", "value"?, "verdicts"? }, or { "id"?, "error" }

Exit status: 0 allow, 1 not, 2 wrong usage.
`

/** `ghsts policy check` */
export const checkCommand: Command = {
  summary: 'would a policy let a token in, and what would that token get',
  help: HELP,
  async run(args, terminal) {
    if (args.length === 1 && args[0] === '--jsonl') {
      return (await import('../check-lines.ts')).checkLines(terminal)
    }
    return (await import('./check-token.ts')).checkToken(args, terminal)
  },
}
