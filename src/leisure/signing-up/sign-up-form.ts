import { createHash } from 'node:crypto'
import { typed } from '../../web/form-page.ts'
import { listTyped } from '../planning/desk-parts.ts'
import type { Choice } from './rules.ts'
import { readChoice } from './ways.ts'

/** What the sign-up page says when it comes back. */
export type SignUpForm = {
  centreId: string
  /** The values of its boxes and lists that are chosen, to be shown again. */
  chosen: ReadonlySet<string>
  /** Who comes as somebody else: « <child> <other child> ». */
  same: ReadonlySet<string>
  waitWhenFull: boolean
  choices: readonly Choice[]
  /** New on each page shown; the same page changed and sent again is another request. */
  key: string | undefined
}

/**
 * Reads the form: `choose` is one choice each, `each` is one choice for every of its days, `same` copies a child's choices
 * to another. Days of a week that is chosen whole count once. What no page writes is passed over.
 */
export function readSignUpForm(body: unknown): SignUpForm {
  const centreId = typed(body, 'centre')
  const chosen = [...listTyped(body, 'choose'), ...listTyped(body, 'each')].filter(Boolean)
  const same = listTyped(body, 'same').filter(Boolean)
  const waitWhenFull = typed(body, 'wait') === 'yes'
  const own = [
    ...listTyped(body, 'choose').flatMap(value => readChoice(centreId, value) ?? []),
    ...listTyped(body, 'each').flatMap(value => oneEach(readChoice(centreId, value))),
  ]
  const copied = same.flatMap(pair => {
    const [childId = '', like = ''] = pair.split(' ')
    return own.filter(choice => choice.childId === like && childId !== like).map(choice => ({ ...choice, childId }))
  })
  const choices = onceADay([...own, ...copied])
  const key = typed(body, 'idempotencyKey')
  const content = JSON.stringify([centreId, waitWhenFull, choices])
  return {
    centreId,
    chosen: new Set(chosen),
    same: new Set(same),
    waitWhenFull,
    choices,
    key: key ? `${key}:${createHash('sha256').update(content).digest('base64url').slice(0, 16)}` : undefined,
  }
}

const oneEach = (choice: Choice | undefined): Choice[] => choice?.days.map(day => ({ ...choice, days: [day] })) ?? []

/** Whole weeks first, then each child's day once: who ticks a week and a day of it means the week. */
function onceADay(choices: readonly Choice[]): Choice[] {
  const taken = new Set<string>()
  const weeksFirst = choices.toSorted((a, b) => Number(b.unit === 'week') - Number(a.unit === 'week'))
  return weeksFirst.filter(({ childId, days }) => {
    if (days.some(day => taken.has(`${childId} ${day}`))) return false
    for (const day of days) taken.add(`${childId} ${day}`)
    return true
  })
}
