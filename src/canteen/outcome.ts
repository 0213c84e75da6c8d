import type { Request } from 'express'
import type { Child } from '../people/store.ts'
import type { Translator } from '../web/i18n.ts'
import type { FlashMessage } from '../web/render.ts'
import { daysInWords } from './meals-mail.ts'
import type { MealOutcome, RefusedWish, SavedMeals } from './save-meals.ts'

declare module 'express-session' {
  interface SessionData {
    /** What a save of meals could not do, in words, to be told on the next page. */
    mealsRefused?: string[]
  }
}

const KINDS = { book: 'booked', cancel: 'cancelled', wait: 'waiting', leave: 'left' } as const

/** « 5 repas réservés. 2 repas annulés. » */
export function savedInWords({ t }: Translator, { changed }: Pick<SavedMeals, 'changed'>): FlashMessage {
  const count = (wish: MealOutcome['wish']) => changed.filter(one => one.wish === wish).length
  const sentences = (Object.keys(KINDS) as MealOutcome['wish'][])
    .filter(wish => count(wish) > 0)
    .map(wish => t(`canteen:saved.${KINDS[wish]}`, { count: count(wish) }))
  if (sentences.length === 0) return { kind: 'notice', text: t('canteen:saved.nothing') }
  return { kind: 'success', text: sentences.join(' ') }
}

/** Keeps what could not be done for the next page. The session is saved with the flash that goes with it. */
export function keepRefusals(req: Request, lines: string[]): void {
  if (lines.length > 0) req.session.mealsRefused = lines
  else delete req.session.mealsRefused
}

/** What the last save could not do, told once. */
export function refusalsOnce(req: Request): string[] {
  const lines = req.session.mealsRefused ?? []
  delete req.session.mealsRefused
  return lines
}

/** « Inès, lundi 7 décembre : trop tard. Le repas reste réservé. » */
export function refusedInWords(
  words: Translator,
  refused: readonly RefusedWish[],
  children: readonly Child[],
): string[] {
  const { t, f } = words
  const reasonOf = ({ code, params }: RefusedWish) => {
    const booked = params['booked'] === true ? '.booked' : params['booked'] === false ? '.not-booked' : ''
    return t(`canteen:refused.${code}${booked}`)
  }
  const groups = Map.groupBy(refused, one => `${one.childId} ${reasonOf(one)}`)
  return [...groups.values()].map(group => {
    const [first] = group
    const name = children.find(({ id }) => id === first?.childId)?.firstName ?? ''
    const days = group.map(({ day }) => Temporal.PlainDate.from(day)).sort(Temporal.PlainDate.compare)
    const told = days.length > 8 ? daysInWords(words, days) : f.list(days.map(f.dayNoYear))
    return t('canteen:refused.line', { name, days: told, reason: first ? reasonOf(first) : '' })
  })
}
