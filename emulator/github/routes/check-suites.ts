import { jsonAnswer } from '../../http/message.ts'
import type { Answer } from '../../http/message.ts'
import { actorOf } from '../caller.ts'
import { notFound } from '../error-answer.ts'
import { resetSuite } from '../model/check-run.ts'
import type { CheckSuite } from '../model/repository.ts'
import { accessRepository } from '../repository-access.ts'
import { checkSuiteJson } from '../resources/check-suite.ts'
import type { Platform, Route, RoutedRequest } from '../route.ts'

const DOCS = 'https://docs.github.com/rest/checks/suites'

/** Check suites: the runs of one App for one commit. */
export const checkSuiteRoutes: readonly Route[] = [
  {
    operation: 'checks/get-suite',
    method: 'GET',
    path: '/repos/{owner}/{repo}/check-suites/{check_suite_id}',
    docs: `${DOCS}#get-a-check-suite`,
    by: 'token',
    answer: (request, platform) =>
      withSuite(request, platform, 'read', (suite) => jsonAnswer(200, checkSuiteJson(platform.api, suite))),
  },
  {
    operation: 'checks/rerequest-suite',
    method: 'POST',
    path: '/repos/{owner}/{repo}/check-suites/{check_suite_id}/rerequest',
    docs: `${DOCS}#rerequest-a-check-suite`,
    by: 'token',
    answer: (request, platform) =>
      withSuite(request, platform, 'write', (suite) => {
        resetSuite(suite, platform.now())
        platform.announce({ kind: 'check_suite', action: 'rerequested', suite }, actorOf(request.caller))
        return jsonAnswer(201, {})
      }),
  },
]

/** Runs `answer` with the check suite that the path names, if the caller may come to it. */
function withSuite(
  request: RoutedRequest,
  platform: Platform,
  level: 'read' | 'write',
  answer: (suite: CheckSuite) => Answer,
): Answer {
  const access = accessRepository(request, platform, { permission: 'checks', level })
  if (!access.ok) return access.answer
  const id = Number(request.parameters['check_suite_id'])
  const suite = access.repository.checkSuites.find((one) => one.id === id)
  return suite === undefined ? notFound(request.route.docs) : answer(suite)
}
