import type { RoutedRequest } from './route.ts'

const PER_PAGE_DEFAULT = 30
const PER_PAGE_MAX = 100

/** One page of a list, with the `link` header that leads to the others. */
export interface Page<T> {
  readonly items: readonly T[]
  readonly headers: Readonly<Record<string, string>>
}

/** Cuts out the page that `per_page` and `page` ask for. */
export function paginate<T>(all: readonly T[], request: RoutedRequest, api: string): Page<T> {
  const { received } = request
  const perPage = pageSize(request)
  const page = positive(received.query.get('page'), 1)
  const last = Math.max(1, Math.ceil(all.length / perPage))
  const link = (target: number, rel: string): string => {
    const query = new URLSearchParams(received.query)
    query.set('page', String(target))
    return `<${api}${received.path}?${query.toString()}>; rel="${rel}"`
  }
  const links = [
    ...(page > 1 ? [link(page - 1, 'prev')] : []),
    ...(page < last ? [link(page + 1, 'next'), link(last, 'last')] : []),
    ...(page > 1 ? [link(1, 'first')] : []),
  ]
  return {
    items: all.slice((page - 1) * perPage, page * perPage),
    headers: links.length === 0 ? {} : { link: links.join(', ') },
  }
}

/** Entries of a page, as `per_page` asks for. */
export function pageSize({ received }: RoutedRequest): number {
  return Math.min(PER_PAGE_MAX, positive(received.query.get('per_page'), PER_PAGE_DEFAULT))
}

function positive(text: string | null, otherwise: number): number {
  const value = Number(text)
  return Number.isInteger(value) && value > 0 ? value : otherwise
}
