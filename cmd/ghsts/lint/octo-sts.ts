import { compareWithOctoSts } from '#pkg/policy'
import type { CompareWithOctoSts } from './lint-file.ts'

/** What octo-sts would do with a document, and where that differs from what is done here. */
export const compareFile: CompareWithOctoSts = (document, level) => compareWithOctoSts(document, { level })
