import { LRUCache } from 'lru-cache'
import { StsError } from '#pkg/errors'

/** A budget is spent within a minute, and fills up again as evenly. */
const REFILL_MS = 60_000

/** Budgets that are told apart; whoever is pushed out begins with a full one. */
const BUDGETS_MAX = 20_000

/** What an issuer may ask about all owners together, as a multiple of the budget for one owner. */
const ISSUER_SHARE = 5
/** What all issuers that are strangers to an owner may ask about it, likewise: anyone can run any number of them. */
const STRANGERS_TO_OWNER_SHARE = 2
/** What all strangers may ask about all owners, likewise. */
const STRANGERS_SHARE = 10

/** Whose token asks for something of whom. */
export interface IssuerAndOwner {
  readonly issuer: string
  readonly owner: string
}

/** Who asks GitHub for what may not be there. */
export interface Asker extends IssuerAndOwner {
  /** Whether the caller is known to belong to the owner: those have a budget that nobody else can spend. */
  readonly belongs: boolean
}

/**
 * How often callers may ask GitHub for names that turn out to be made up. Without it anyone with an issuer of their own
 * could spend an organization's rate limit.
 */
export interface MissBudget {
  /**
   * Takes a question out of the budgets of `asker`, before it is asked; the function that comes back puts it in again, for
   * an answer that was no miss.
   *
   * @throws StsError `miss_budget_spent`, with the wait.
   */
  take(asker: Asker): () => void
  /** A token of the issuer has served a grant of the owner: to that owner it is no stranger from then on. */
  vouchFor(pair: IssuerAndOwner): void
  isStranger(pair: IssuerAndOwner): boolean
}

export interface MissBudgetOptions {
  /** Questions a minute of one issuer about one owner (`STS_MISS_BUDGET`), a whole number of at least 1. */
  readonly perMinute: number
  /** Milliseconds since the epoch, in whole ones. */
  readonly now: () => number
}

interface Budget {
  readonly size: number
  /** In parts of a question, of which there are `REFILL_MS`: whole numbers do not drift. */
  left: number
  at: number
}

export function createMissBudget({ perMinute, now }: MissBudgetOptions): MissBudget {
  const budgets = new LRUCache<string, Budget>({ max: BUDGETS_MAX })
  const known = new LRUCache<string, true>({ max: BUDGETS_MAX })
  const ofStrangers = fullBudget(perMinute * STRANGERS_SHARE)

  function fullBudget(size: number): Budget {
    return { size, left: size * REFILL_MS, at: now() }
  }

  function budgetOf(key: string, share = 1): Budget {
    const found = budgets.get(key)
    if (found !== undefined) return found
    const budget = fullBudget(perMinute * share)
    budgets.set(key, budget)
    return budget
  }

  /** @throws StsError `miss_budget_spent` */
  function requireLeft(budget: Budget): Budget {
    const at = now()
    const elapsed = Math.max(0, at - budget.at)
    budget.left = Math.min(budget.size * REFILL_MS, budget.left + elapsed * budget.size)
    budget.at = at
    if (budget.left >= REFILL_MS) return budget
    const retryAfterMs = Math.ceil((REFILL_MS - budget.left) / budget.size)
    throw new StsError('miss_budget_spent', { retryAfterMs })
  }

  function isStranger(pair: IssuerAndOwner): boolean {
    return !known.has(keyOf(pair))
  }

  /** The widest first: whom it stops cannot push out the budgets of others by making up names. */
  function budgetsFor(asker: Asker): readonly Budget[] {
    const { issuer, owner } = asker
    if (asker.belongs) return [requireLeft(budgetOf(`own ${keyOf(asker)}`))]
    const shared = isStranger(asker)
      ? [
          requireLeft(ofStrangers),
          requireLeft(budgetOf(`strangers ${owner.toLowerCase()}`, STRANGERS_TO_OWNER_SHARE)),
        ]
      : []
    return [
      ...shared,
      requireLeft(budgetOf(`issuer ${issuer}`, ISSUER_SHARE)),
      requireLeft(budgetOf(`other ${keyOf(asker)}`)),
    ]
  }

  return {
    take(asker) {
      const used = budgetsFor(asker)
      for (const budget of used) budget.left -= REFILL_MS
      let isBack = false
      return () => {
        if (isBack) return
        isBack = true
        for (const budget of used) budget.left = Math.min(budget.size * REFILL_MS, budget.left + REFILL_MS)
      }
    },
    vouchFor(pair) {
      known.set(keyOf(pair), true)
    },
    isStranger,
  }
}

/** An issuer cannot hold a space, nor can an owner's name. */
function keyOf({ issuer, owner }: IssuerAndOwner): string {
  return `${owner.toLowerCase()} ${issuer}`
}
