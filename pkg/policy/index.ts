export { checkTokenSyntax, type TokenSyntaxResult } from './check-token-syntax.ts'
export { claimOf, describeValue, type Claims } from './claims.ts'
export type { Diagnostic, Position, ReadResult } from './diagnostic.ts'
export { compileExpression, type Expression } from './expression.ts'
export {
  LIST_MAX_PATTERNS,
  permitsIssuer,
  readIssuerList,
  type IssuerList,
  type IssuerListMode,
} from './issuer-list.ts'
export { checkIssuerPattern } from './issuer-pattern.ts'
export { judgeDocument, type Judgement, type JudgeRequest, type TokenVerdict } from './judge-document.ts'
export { issuerListSchema, trustPolicySchema, type JsonSchema } from './json-schema.ts'
export { lintTrustPolicy } from './lint.ts'
export { explainToken, matchToken, type Check, type MatchContext, type MatchResult } from './match.ts'
export { isIdentity, isOwnerName, isRepositoryName, isSameName, parseScope, type Scope } from './names.ts'
export { findNearMiss } from './near-miss.ts'
export { ISSUER_LIST_PATH, locatePolicy, policyPath, type PolicyLocation } from './policy-location.ts'
export { checkAudience, checkIssuer, checkSubject, type TokenSyntaxVerdict } from './token-syntax.ts'
export { readTrustPolicy, type TrustPolicyOptions } from './trust-policy-reader.ts'
export type {
  CompiledTrustPolicy,
  Matcher,
  PermissionLevel,
  PolicyLevel,
  TrustPolicy,
} from './trust-policy.ts'
