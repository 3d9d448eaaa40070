/**
 * Maps `items` with at most `limit` calls at a time; the results are in the order of the items. After a failure no
 * further call is begun, and the first one is thrown once those under way have ended.
 */
export async function mapConcurrently<Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results = new Array<Result>(items.length)
  const entries = items.entries()
  const failures: unknown[] = []
  // All workers draw from the one iterator.
  async function drain(): Promise<void> {
    for (const [index, item] of entries) {
      if (failures.length > 0) return
      try {
        results[index] = await work(item)
      } catch (error) {
        failures.push(error)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, drain))
  if (failures.length > 0) throw failures[0]
  return results
}
