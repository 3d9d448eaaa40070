export { decodeBase64url } from './base64url.ts'
export { BEARER_MAX_BYTES, readToken, type TokenRecord, type UnverifiedToken } from './compact-token.ts'
export { NOT_BEFORE_LEEWAY_MS } from './leeway.ts'
export { isJsonObject } from './strict-json.ts'
