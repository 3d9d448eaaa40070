/**
 * Whether a test that needs something of the system is skipped, and with which words.
 *
 * What a system lacks is a counted, visible skip; `STS_TEST_REQUIRE`, a comma-separated list of names,
 * turns it into a failure where it has to be there.
 */
export function unless(name: string, isPresent: boolean, what: string): string | false {
  if (isPresent) return false
  const required = (process.env['STS_TEST_REQUIRE'] ?? '').split(',')
  if (required.includes(name)) throw new Error(`${what} is missing, and STS_TEST_REQUIRE names ${name}`)
  return `${what} is missing`
}
