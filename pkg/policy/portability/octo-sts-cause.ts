import type { OctoStsCode } from './octo-sts-difference.ts'

/**
 * What octo-sts makes of that which is an error here, by the code of the error. Undefined: what it is about has its own
 * error, or the model of octo-sts finds it.
 */
export function differenceOfError(code: string): OctoStsCode | undefined {
  return DIFFERENCES.get(code)
}

const DIFFERENCES: ReadonlyMap<string, OctoStsCode> = new Map<string, OctoStsCode>([
  ['alias', 'octo_sts_anchor'],
  ['ambiguous_value', 'octo_sts_reads_otherwise'],
  ['anchor', 'octo_sts_anchor'],
  ['directive', 'octo_sts_directive'],
  ['duplicate_key', 'octo_sts_repeated_key'],
  ['empty_value', 'octo_sts_empty_value'],
  ['issuer_case', 'octo_sts_issuer'],
  ['issuer_pattern', 'octo_sts_issuer_pattern'],
  ['issuer_syntax', 'octo_sts_issuer'],
  ['merge_key', 'octo_sts_merge_key'],
  ['multiple_documents', 'octo_sts_more_documents'],
  ['nesting_too_deep', 'octo_sts_limit'],
  ['null_value', 'octo_sts_null'],
  ['organization_permission', 'octo_sts_organization_permission'],
  ['pattern_syntax', 'octo_sts_pattern_syntax'],
  ['pattern_too_large', 'octo_sts_pattern_size'],
  ['pattern_too_long', 'octo_sts_pattern_size'],
  ['patterns_too_large', 'octo_sts_pattern_size'],
  ['permission_level', 'octo_sts_permission_level'],
  ['repository_name', 'octo_sts_repository_name'],
  ['tag', 'octo_sts_tag'],
  ['too_large', 'octo_sts_limit'],
  ['too_many_keys', 'octo_sts_limit'],
  ['too_many_repositories', 'octo_sts_limit'],
  ['unknown_field', 'octo_sts_field_name'],
  ['unknown_permission', 'octo_sts_permission_name'],
  ['wrong_type', 'octo_sts_null'],
])
