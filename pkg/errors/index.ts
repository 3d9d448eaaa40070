export { MESSAGES, type ErrorCode } from './code.ts'
export {
  denialOf,
  mismatchDenial,
  quote,
  QUOTED_VALUE_MAX_CHARACTERS,
  type Denial,
  type Mismatch,
} from './denial.ts'
export { CODE_OF_REASON, type Reason } from './reason.ts'
export { StsError, toStsError, type ErrorDetail, type StsErrorOptions } from './sts-error.ts'
