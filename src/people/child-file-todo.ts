import { dayInParis } from '../kernel/clock.ts'
import { schoolYearOf } from '../kernel/days.ts'
import type { FileState } from './child-file-rules.ts'
import { fileState } from './child-file-store.ts'
import { missingTold } from './child-file-told.ts'
import type { ToDo, ToDos } from './dashboard.ts'
import { childrenOf } from './store.ts'

/**
 * What the file of each child still lacks. A family that uses the canteen alone is asked for what the canteen needs; the
 * rest is asked for once a part of it has been begun.
 */
export const childFilesToDo: ToDos = async ({ town, householdId, words }) => {
  const db = town.db.read
  const { t } = words
  const day = dayInParis(town.clock.now())
  const year = schoolYearOf(day)
  const todos: ToDo[] = []
  for (const { id, firstName } of await childrenOf(db, householdId)) {
    const file = await fileState(db, { childId: id, householdId, year })
    const href = `/famille/enfants/${id}/dossier`
    const params = { child: firstName, year: year.label }
    const [first, ...others] = missingTold(words, file, day, firstName, begun(file) ? undefined : ['canteen'])
    if (!first) continue
    if (file.confirmed.size === 0 && file.papers.length === 0) {
      todos.push({ text: t('child-file:todo.begin', params), action: t('child-file:todo.beginAction', params), href })
      continue
    }
    const { piece, blocks } = first
    const text =
      others.length > 0
        ? t('child-file:todo.more', { ...params, piece, blocks, count: others.length })
        : t('child-file:todo.one', { ...params, piece, blocks })
    todos.push({ text, action: t('child-file:todo.action', params), href })
  }
  return todos
}

/** Whether more than the canteen's part is under way. */
const begun = ({ confirmed, papers }: FileState) =>
  papers.length > 0 || [...confirmed].some(part => part !== 'contacts')
