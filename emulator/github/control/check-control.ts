import { resetSuite } from '../model/check-run.ts'
import type { CheckRun } from '../model/repository.ts'
import { createLookup, known } from './lookup.ts'
import type { ControlParts } from './lookup.ts'

/** What people do with checks on GitHub's pages. */
export interface CheckControl {
  /** `Re-run` of one check. */
  readonly rerequestCheckRun: (repository: string, checkRunId: number) => void
  /** `Re-run all checks` of one App. */
  readonly rerequestCheckSuite: (repository: string, checkSuiteId: number) => void
  /** Presses a check's button. */
  readonly requestAction: (repository: string, checkRunId: number, identifier: string) => void
}

export function createCheckControl({ registry, now, announce }: ControlParts): CheckControl {
  const lookup = createLookup(registry)
  const runWith = (fullName: string, id: number): CheckRun =>
    known(
      lookup.repository(fullName).checkRuns.find((run) => run.id === id),
      `check run ${id}`,
    )
  return {
    rerequestCheckRun(fullName, id) {
      const checkRun = runWith(fullName, id)
      resetSuite(checkRun.suite, now())
      announce({ kind: 'check_run', action: 'rerequested', checkRun })
    },
    rerequestCheckSuite(fullName, id) {
      const { checkSuites } = lookup.repository(fullName)
      const suite = known(
        checkSuites.find((one) => one.id === id),
        `check suite ${id}`,
      )
      resetSuite(suite, now())
      announce({ kind: 'check_suite', action: 'rerequested', suite })
    },
    requestAction(fullName, id, identifier) {
      const checkRun = runWith(fullName, id)
      const button = checkRun.actions.find((action) => action.identifier === identifier)
      known(button, `button ${identifier}`)
      announce({
        kind: 'check_run',
        action: 'requested_action',
        checkRun,
        requestedAction: { identifier },
      })
    },
  }
}
