/** What a difference to octo-sts is about, for people. */
export interface OctoStsDifference {
  /** `error`: octo-sts takes it, and it is invalid here. `warning`: it means something else, or is not taken there. */
  readonly severity: 'error' | 'warning'
  /** What octo-sts does: the end of a sentence that its name begins. */
  readonly there: string
  /** What both take for the same: the end of a sentence that "write" begins. */
  readonly write: string
}

/** All differences that `compareWithOctoSts` tells, by their code. */
export const OCTO_STS_DIFFERENCES = {
  octo_sts_grants_everything: {
    severity: 'error',
    there: 'asks GitHub for no permission, which grants every one that the App has',
    write: 'each permission that is needed, with its level',
  },
  octo_sts_all_repositories: {
    severity: 'error',
    there: 'asks GitHub for no repository, which grants all that the App is installed on',
    write: 'the names of the repositories, or leave the field out for all of them',
  },
  octo_sts_organization_permission: {
    severity: 'error',
    there: 'grants permissions on the organization to a policy of a repository',
    write: 'such a grant into a policy of the organization',
  },
  octo_sts_permission_level: {
    severity: 'error',
    there: 'hands any level on to GitHub',
    write: 'one of the levels of this permission',
  },
  octo_sts_permission_name: {
    severity: 'error',
    there: 'regards no case in names of permissions, and takes some that GitHub does not document',
    write: "the permission's name as GitHub spells it, in lower case",
  },
  octo_sts_repository_name: {
    severity: 'error',
    there: 'hands any repository name on to GitHub, which refuses one with an owner',
    write: 'the bare name of the repository',
  },
  octo_sts_field_name: {
    severity: 'error',
    there: 'regards no case in names of fields',
    write: 'the name of the field in lower case',
  },
  octo_sts_repeated_key: {
    severity: 'error',
    there: 'takes keys that differ in type or case, and keeps only one of their values',
    write: 'each key once',
  },
  octo_sts_reads_otherwise: {
    severity: 'error',
    there: 'reads an unquoted value by YAML 1.1, so it is not the text that it looks like',
    write: 'quotes around the value that is meant',
  },
  octo_sts_null: {
    severity: 'error',
    there: 'takes null as if nothing were written, or as empty text',
    write: 'a value in quotes, or leave it out',
  },
  octo_sts_empty_value: {
    severity: 'error',
    there: 'takes an empty value as if the field were absent',
    write: 'a value, or leave the field out',
  },
  octo_sts_anchor: {
    severity: 'error',
    there: 'reads YAML anchors and aliases',
    write: 'the value itself at each place',
  },
  octo_sts_merge_key: {
    severity: 'error',
    there: 'reads YAML merge keys',
    write: 'the entries themselves',
  },
  octo_sts_tag: {
    severity: 'error',
    there: 'reads YAML tags',
    write: 'the value without the tag, in quotes where it is text',
  },
  octo_sts_directive: {
    severity: 'error',
    there: 'reads some YAML directives',
    write: 'the document without the line',
  },
  octo_sts_more_documents: {
    severity: 'error',
    there: 'reads the first YAML document of the file and ignores what follows',
    write: 'one document, without --- or ... behind it',
  },
  octo_sts_pattern_syntax: {
    severity: 'error',
    there: 'compiles the pattern only because it puts ^ and $ around it, or knows more Unicode names',
    write: 'a pattern that is an RE2 expression by itself',
  },
  octo_sts_pattern_size: {
    severity: 'error',
    there: 'compiles patterns of any size',
    write: 'shorter patterns, with smaller counts',
  },
  octo_sts_issuer: {
    severity: 'error',
    there: 'takes what its URL parser takes for an issuer, and http on the loopback',
    write: 'the issuer as its tokens have it: an https URL of host, port and path',
  },
  octo_sts_issuer_pattern: {
    severity: 'error',
    there:
      'takes the beginning that all branches of an alternation have out of it before it looks for a loose /',
    write: 'an entry of its own for each alternative',
  },
  octo_sts_limit: {
    severity: 'error',
    there: 'has no such limit',
    write: 'a smaller document',
  },
  octo_sts_not_checked: {
    severity: 'error',
    there: 'may take this: it was not possible to tell',
    write: 'plain YAML without what is refused here',
  },
  octo_sts_open_alternation: {
    severity: 'warning',
    there:
      'puts ^ and $ around the pattern without a group, so that its branches match parts of values, while here they match whole values alone',
    write: 'the alternatives inside a group: (?:a|b)',
  },
  octo_sts_open_lines: {
    severity: 'warning',
    there:
      'lets (?m) also change the $ that it puts behind the pattern, so that it matches single lines of values, while here it matches whole values alone',
    write: 'the pattern without (?m), or (?m:...) around a part',
  },
  octo_sts_extension_field: {
    severity: 'warning',
    there: 'does not know this field and refuses the policy',
    write: 'the policy without the field, as long as octo-sts reads it too',
  },
  octo_sts_number: {
    severity: 'warning',
    there: 'refuses numbers and booleans as text in policies of an organization',
    write: 'quotes around the value',
  },
  octo_sts_no_such_permission: {
    severity: 'warning',
    there: 'does not know this permission and refuses the policy',
    write: 'the policy without the permission, as long as octo-sts reads it too',
  },
  octo_sts_no_such_pattern: {
    severity: 'warning',
    there: 'cannot compile this pattern and refuses the document',
    write: 'a pattern without Unicode names that Go does not know',
  },
  octo_sts_sign_in_brackets: {
    severity: 'warning',
    there:
      'takes a ? in unquoted text in brackets, and a : in front of it, for a sign, and refuses the document',
    write: 'quotes around the text',
  },
  octo_sts_tab: {
    severity: 'warning',
    there: 'refuses a tab at the beginning of a line, also of an empty one or of the first of a block',
    write: 'spaces, or nothing',
  },
  octo_sts_long_key: {
    severity: 'warning',
    there: 'refuses a key in brackets that is longer than a line or 1,024 characters',
    write: 'the key and its colon on one line',
  },
  octo_sts_long_issuer_pattern: {
    severity: 'warning',
    there: 'counts the bytes of an issuer pattern, of which this has more than 256, and refuses the list',
    write: 'a shorter pattern',
  },
  octo_sts_loose_slash: {
    severity: 'warning',
    there: 'refuses the list for a / inside an alternation, also where it is the whole pattern',
    write: 'an entry of its own for each alternative',
  },
  octo_sts_refuses_document: {
    severity: 'warning',
    there: 'refuses the document for this',
    write: 'the document without it, as long as octo-sts reads it too',
  },
  octo_sts_may_refuse: {
    severity: 'warning',
    there: 'may refuse this: it was not possible to tell',
    write: 'something simpler, as long as octo-sts reads it too',
  },
} as const satisfies Readonly<Record<string, OctoStsDifference>>

/** A stable name of a kind of difference. */
export type OctoStsCode = keyof typeof OCTO_STS_DIFFERENCES
