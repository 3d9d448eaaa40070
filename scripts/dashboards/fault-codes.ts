/** Codes of exchanges that end through a fault of the service or of GitHub, as a regular expression. */
export const FAULT_CODES = 'INTERNAL|GRANT_EXCEEDED|UPSTREAM_UNAVAILABLE|AUDIT_UNAVAILABLE|DEADLINE_EXCEEDED'
