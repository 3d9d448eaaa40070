import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { startFleet, type FleetApp } from './support/fleet.ts'
import { startGoogleKms } from './support/google-kms.ts'

function keyNameOf({ id }: FleetApp): string {
  return `projects/acme/locations/global/keyRings/sts/cryptoKeys/app-${id}/cryptoKeyVersions/1`
}

/** Keys in Cloud KMS of the Apps that have one there. */
async function keysOf(apps: readonly FleetApp[]): Promise<Readonly<Record<string, string>>> {
  const keys: Record<string, string> = {}
  for (const app of apps) keys[keyNameOf(app)] = await readFile(app.keyFile, 'utf8')
  return keys
}

test('several Apps with keys in Cloud KMS sign each with its own, and one with an empty entry is left out', async (t) => {
  const fleet = await startFleet(t, 3)
  const [first, skipped, last] = fleet.apps
  assert.ok(first !== undefined && skipped !== undefined && last !== undefined)
  const kms = await startGoogleKms(t, await keysOf(fleet.apps))
  const replica = await fleet.startService({
    ...kms.environment,
    APP_CONFIG_FILE: '',
    GITHUB_APP_IDS: fleet.apps.map(({ id }) => id).join(','),
    KMS_KEYS: [keyNameOf(first), '', keyNameOf(last)].join(','),
  })

  const served = new Set<string | undefined>()
  for (let n = 0; n < 40 && served.size < 2; n++) {
    const { status, app } = await replica.exchange()
    assert.equal(status, 200)
    served.add(app)
  }
  assert.deepEqual([...served].sort(), [first.id, last.id].sort())
  // GitHub verifies with the App's own key, so no signature is of another one's; and one serves for many calls.
  assert.deepEqual(
    fleet.apps.map((app) => kms.signaturesOf(keyNameOf(app))),
    [1, 0, 1],
  )
  assert.deepEqual([...kms.hosts], ['cloudkms.googleapis.com:443'])
  const { status, ...body } = await replica.readiness()
  assert.equal(status, 200)
  assert.doesNotMatch(JSON.stringify(body), new RegExp(skipped.id))
})

test('an App whose key is not in Cloud KMS is named, and the others serve', async (t) => {
  const fleet = await startFleet(t, 2)
  const [without, good] = fleet.apps
  assert.ok(without !== undefined && good !== undefined)
  const kms = await startGoogleKms(t, await keysOf([good]))
  const replica = await fleet.startService({
    ...kms.environment,
    APP_CONFIG_FILE: '',
    GITHUB_APP_IDS: `${without.id},${good.id}`,
    KMS_KEYS: `${keyNameOf(without)},${keyNameOf(good)}`,
  })
  const [line] = await replica.program.saw(/.*has not confirmed the key.*/)
  assert.equal((JSON.parse(line) as { appId: string }).appId, without.id)
  const { status, ...body } = await replica.readiness()
  assert.equal(status, 200)
  assert.match(JSON.stringify(body), new RegExp(`"${without.id}":"app_key_unavailable"`))
  for (let n = 0; n < 3; n++) {
    assert.deepEqual(await replica.exchange(), { status: 200, reason: undefined, app: good.id })
  }
})
