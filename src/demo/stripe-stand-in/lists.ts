import { badRequest, noSuch } from './errors.ts'
import type { Paging } from './params.ts'

type Kept = { id: string; object: string }

/**
 * One page of a table, newest first. `starting_after` and `ending_before` are ids of the same list;
 * `limit` is 10 unless told.
 */
export function page<Row extends Kept>(
  rows: Iterable<Row>,
  url: string,
  { limit = 10, starting_after, ending_before }: Paging,
) {
  if (starting_after && ending_before) {
    throw badRequest('You cannot use both `starting_after` and `ending_before`.', { param: 'ending_before' })
  }
  const newestFirst = [...rows].reverse()
  const indexOf = (id: string, param: string) => {
    const index = newestFirst.findIndex(row => row.id === id)
    if (index < 0) throw noSuch('object in this list', id, param)
    return index
  }
  if (ending_before) {
    const end = indexOf(ending_before, 'ending_before')
    const start = Math.max(0, end - limit)
    return { object: 'list', data: newestFirst.slice(start, end), has_more: start > 0, url }
  }
  const start = starting_after ? indexOf(starting_after, 'starting_after') + 1 : 0
  const end = start + limit
  return { object: 'list', data: newestFirst.slice(start, end), has_more: end < newestFirst.length, url }
}
