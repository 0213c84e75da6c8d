import type { Response } from 'express'
import type { Id } from '../../kernel/ids.ts'
import type { Town } from '../../town-context.ts'
import type { Translator } from '../../web/i18n.ts'
import { gateFor } from '../opening/gate.ts'
import { ticketIn } from '../opening/room-cookie.ts'
import { countdown, type Opening } from '../openings.ts'
import type { LeisurePeriod } from '../store.ts'
import { maySignUp, ownHousehold } from '../who-reads.ts'

/** What stands beside a period for who reads the page: a button, or from when there will be one. */
export type SignUpLink = { href: string; text: string; when: string }

type Open = { period: LeisurePeriod; openings: readonly Opening[] }

/**
 * Where each of these periods is signed up for: by the gate for a family that is signed in; for anybody else a button once
 * somebody may sign up. Nothing beside a period that is told wishes for.
 */
export async function signUpLinks(
  town: Town,
  res: Response,
  words: Translator,
  periods: readonly Open[],
): Promise<ReadonlyMap<Id<'leisure-period'>, SignUpLink>> {
  if (!maySignUp(res)) return new Map()
  const householdId = await ownHousehold(town, res)
  const found = new Map<Id<'leisure-period'>, SignUpLink>()
  for (const open of periods) {
    const link = householdId ? await ofFamily(town, res, words, householdId, open) : ofAnybody(town, words, open)
    if (link) found.set(open.period.id, link)
  }
  return found
}

const signUp = ({ t }: Translator, { id }: LeisurePeriod): SignUpLink => ({
  href: `/centres-de-loisirs/inscrire/${id}`,
  text: t('leisure-signup:link.signUp'),
  when: '',
})

function ofAnybody(town: Town, words: Translator, { period, openings }: Open): SignUpLink | undefined {
  const now = town.clock.now()
  const some = openings.some(({ opensAt }) => Temporal.Instant.compare(opensAt, now) <= 0)
  return some && period.allocation !== 'wishes' ? signUp(words, period) : undefined
}

async function ofFamily(
  town: Town,
  res: Response,
  words: Translator,
  householdId: Id<'household'>,
  { period }: Open,
): Promise<SignUpLink | undefined> {
  const { t, f } = words
  const now = town.clock.now()
  const gate = await gateFor(town.db.read, town, { householdId, period, now, ticket: ticketIn(res.req, period.id) })
  switch (gate.state) {
    case 'open':
      return signUp(words, period)
    case 'room':
      return { href: `/centres-de-loisirs/salle/${period.id}`, text: t('leisure-signup:link.room'), when: '' }
    case 'later': {
      const wait = countdown(now, gate.opensAt)
      const left = t(`leisure:countdown.${wait.unit}`, 'count' in wait ? { count: wait.count } : {})
      return {
        href: '',
        text: '',
        when: t('leisure-signup:link.later', { when: f.instant(gate.opensAt), wait: left }),
      }
    }
    default:
      return undefined
  }
}
