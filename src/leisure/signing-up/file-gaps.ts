import type { Queries } from '../../db/database.ts'
import { schoolYearOf } from '../../kernel/days.ts'
import type { Id } from '../../kernel/ids.ts'
import { fileState } from '../../people/child-file-store.ts'
import { missingTold } from '../../people/child-file-told.ts'
import type { Translator } from '../../web/i18n.ts'

/** What a child's file lacks for the days it is signed up for: the centre does not take it in until then. */
export type FileGap = { name: string; pieces: string[]; href: string }

/**
 * What the files of these children lack, child by child, on the first and on the last day they are to come; nothing for a
 * file that is complete on both.
 */
export async function fileGaps(
  db: Queries,
  words: Translator,
  householdId: Id<'household'>,
  stays: readonly { childId: Id<'person'>; firstName: string; days: readonly Temporal.PlainDate[] }[],
): Promise<FileGap[]> {
  const gaps: FileGap[] = []
  for (const { childId, firstName, days } of stays) {
    const sorted = days.toSorted(Temporal.PlainDate.compare)
    const pieces = new Map<string, string>()
    for (const day of new Set([sorted[0], sorted.at(-1)])) {
      if (!day) continue
      const file = await fileState(db, { childId, householdId, year: schoolYearOf(day) })
      for (const { part, piece } of missingTold(words, file, day, firstName, ['leisure'])) pieces.set(part, piece)
    }
    if (pieces.size > 0)
      gaps.push({ name: firstName, pieces: [...pieces.values()], href: `/famille/enfants/${childId}/dossier` })
  }
  return gaps
}
