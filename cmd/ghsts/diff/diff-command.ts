import type { Command } from '../command.ts'

const HELP = `usage: ghsts policy diff OLD NEW [OPTION...]

What does the new version of a trust policy, or of an issuer list, allow that the old one did not? A line for each
change: + more power, ~ perhaps more, - less. Changes of comments, order and description are none.

An empty file (as /dev/null is) stands for no policy: as OLD, NEW is new; as NEW, OLD is deleted. In bash, the version
of a branch is a file too:

  ghsts policy diff <(git show origin/main:FILE) FILE

  --level LEVEL             repository or organization. Without it the path of NEW says so (that of OLD if NEW is
                            empty), as for lint; it also says whether this is an issuer list
  --repo OWNER/NAME         the repository that the files are in: says the level
  --org-policy-repo NAME    the repository of the organization's policies (default: .github)
  --allow-loopback-issuers  permits http issuers on the loopback in issuer lists, as a service can be told to
  --json                    prints one JSON object instead

JSON: { "level": "repository" | "organization" | "issuer-list",
        "old": { "file", "verdict": "valid" | "invalid" | "absent", "diagnostics" }, "new": { the same },
        "power"?: "more" | "may_be_more" | "less" | "same",
        "changes": [{ "effect": "gain" | "change" | "loss", "field", "text" }] }
"diagnostics" are those that make a file invalid, as of lint; then there is no "power". It is the worst of the changes;
"may_be_more" is what could not be proven to be no gain. Effects and fields are stable, texts are for people.

Exit status: 0 no more power, 1 more or perhaps more, or an invalid or unreadable file, 2 wrong usage.
`

/** `ghsts policy diff` */
export const diffCommand: Command = {
  summary: 'say what a change of a policy adds to its power, and takes away',
  help: HELP,
  run: async (args, terminal) => (await import('./diff-files.ts')).diffFiles(args, terminal),
}
