import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { checkDashboards, WITHOUT_TYPES } from './support/grafana-types.ts'

const TEXT = readFileSync(new URL('../../iac/grafana/github-sts.json', import.meta.url), 'utf8')

/** What Grafana would not take, or would not heed: what is replaced in the file, and by what. */
const EDITS: readonly (readonly [name: string, from: string, to: string])[] = [
  ['a misspelt setting of the dashboard', '"graphTooltip"', '"graphTooltips"'],
  ['a time range without an end', '"to": "now"', '"til": "now"'],
  ['a variable of an unknown kind', '"type": "datasource"', '"type": "source"'],
  ['a misspelt setting of a panel', '"gridPos"', '"gridPosition"'],
  ['a panel of no place', '"w": 8', '"w": "8"'],
  ['a legend of an unknown mode', '"displayMode": "list"', '"displayMode": "lines"'],
  ['a misspelt option of a graph', '"fillOpacity"', '"fillOpaque"'],
  ['a threshold of an unknown style', '"mode": "line"', '"mode": "lines"'],
  ['a query without a name', '"refId": "A"', '"ref": "A"'],
  ['a misspelt option of a query', '"legendFormat"', '"legend"'],
]

describe('the dashboard of Grafana, to the types that Grafana is built with', { skip: WITHOUT_TYPES }, () => {
  it('is right', () => {
    assert.deepEqual(checkDashboards([JSON.parse(TEXT) as object]), [[]])
  })

  it('is wrong with anything that they do not know', () => {
    const edited = EDITS.map(([name, from, to]) => {
      assert.ok(TEXT.includes(from), name)
      return JSON.parse(TEXT.replace(from, to)) as object
    })
    const accepted = checkDashboards(edited).flatMap((problems, index) =>
      problems.length === 0 ? [EDITS[index]?.[0]] : [],
    )
    assert.deepEqual(accepted, [])
  })
})
