import type { compareWithOctoSts } from './portability/compare-with-octo-sts.ts'

/** Loads what knows octo-sts's reading of policies: on demand, for a service starts without it. */
export async function loadOctoStsComparison(): Promise<typeof compareWithOctoSts> {
  return (await import('./portability/compare-with-octo-sts.ts')).compareWithOctoSts
}
