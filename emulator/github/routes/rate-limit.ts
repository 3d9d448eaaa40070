import { jsonAnswer } from '../../http/message.ts'
import { notFound } from '../error-answer.ts'
import { remaining } from '../rate-limit.ts'
import type { Route } from '../route.ts'

/** How much of the budget is left. */
export const rateLimitRoute: Route = {
  operation: 'rate-limit/get',
  method: 'GET',
  path: '/rate_limit',
  docs: 'https://docs.github.com/rest/rate-limit/rate-limit#get-rate-limit-status-for-the-authenticated-user',
  by: 'token',
  free: true,
  answer({ caller, route }, { limiter }) {
    const budget = limiter.budget(caller)
    if (budget === undefined) return notFound(route.docs)
    const core = {
      limit: budget.limit,
      used: budget.used,
      remaining: remaining(budget),
      reset: budget.resetAt / 1000,
    }
    return jsonAnswer(200, {
      resources: { core, search: { ...core, limit: 30, used: 0, remaining: 30 } },
      rate: core,
    })
  },
}
