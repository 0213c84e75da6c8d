import { setImmediate as nextTurn } from 'node:timers/promises'
import { outbox } from '../../jobs/outbox.ts'
import { dayInParis } from '../../kernel/clock.ts'
import type { Id } from '../../kernel/ids.ts'
import { childrenOf, mailRecipients } from '../../people/store.ts'
import type { Town } from '../../town-context.ts'
import { centresOf } from '../store.ts'
import { signupsUrl } from './confirm-mail.ts'
import { missingOf } from './confirmation.ts'
import { type FamilyStay, staysOfFamilies } from './stays-of-family.ts'
import { stayInFull } from './words.ts'

/** Reminders leave so many days before. */
const DAYS_BEFORE = 2
/** Who was there so few days before needs no reminder: a week of holidays is told once, each Wednesday anew. */
const QUIET_DAYS = 3
/** Promises written together: some milliseconds, so that nobody who signs up meanwhile waits. */
const AT_ONCE = 20

type RemindJob = { householdId: Id<'household'>; day: string }

/** Every day: promises a letter to each household whose children come to a centre in two days. Run twice, it promises once. */
export async function promiseStayReminders(town: Town): Promise<void> {
  const now = town.clock.now()
  const day = dayInParis(now).add({ days: DAYS_BEFORE })
  const stays = await staysOfFamilies(town.db.read, { from: day.subtract({ days: QUIET_DAYS }), to: day })
  const households = [...new Set(firstStays(stays, day).map(({ householdId }) => householdId))]
  for (let n = 0; n < households.length; n += AT_ONCE) {
    await town.db.transaction(async tx => {
      for (const householdId of households.slice(n, n + AT_ONCE)) {
        const payload: RemindJob = { householdId, day: day.toString() }
        await outbox(tx, now, { topic: 'leisure.remind', payload, key: `leisure.remind:${day}:${householdId}` })
      }
    })
    await nextTurn()
  }
}

/** The stays of that day of children who were not there in the days before. */
function firstStays(stays: readonly FamilyStay[], day: Temporal.PlainDate): FamilyStay[] {
  const before = new Set(stays.filter(stay => !stay.day.equals(day)).map(({ childId }) => childId))
  return stays.filter(stay => stay.day.equals(day) && !before.has(stay.childId))
}

/** Writes the letter, unless the places were given up meanwhile. Who has no e-mail would get paper too late: nothing then. */
export async function remindOfStay(town: Town, { householdId, day: iso }: RemindJob): Promise<void> {
  const now = town.clock.now()
  const day = Temporal.PlainDate.from(iso)
  await town.db.transaction(async tx => {
    const near = await staysOfFamilies(tx, {
      from: day.subtract({ days: QUIET_DAYS }),
      to: day.add({ days: 6 }),
      households: [householdId],
    })
    const first = firstStays(
      near.filter(stay => Temporal.PlainDate.compare(stay.day, day) <= 0),
      day,
    )
    const [one] = first
    if (!one) return
    const children = (await childrenOf(tx, householdId)).filter(({ id }) => first.some(({ childId }) => childId === id))
    const names = new Map(children.map(child => [child.id, child.firstName]))
    const centres = (await centresOf(tx)).filter(({ id }) => first.some(({ centreId }) => centreId === id))
    for (const recipient of await mailRecipients(tx, householdId)) {
      if (!recipient.email) continue
      const words = town.languages.for(recipient.language)
      const { t, f } = words
      const missing = await missingOf(tx, words, householdId, first)
      await town.mailer.write(tx, now, {
        key: `leisure.remind:${iso}:${householdId}:${recipient.personId}`,
        kind: 'leisure.reminder',
        to: recipient,
        content: {
          subject: t('leisure-papers:mail.reminder.subject', {
            names: f.list(children.map(({ firstName }) => firstName)),
            day: f.dayNoYear(day),
          }),
          paragraphs: [
            t('leisure-papers:mail.reminder.intro', { day: f.dayNoYear(day) }),
            ...children.flatMap(({ id, firstName }) => {
              const pieces = missing.get(id) ?? []
              if (pieces.length === 0) return []
              return [t('leisure-papers:mail.reminder.missing', { name: firstName, pieces: f.list(pieces) })]
            }),
          ],
          facts: [
            ...first.map(stay => ({
              label: names.get(stay.childId) ?? '',
              value: t('leisure-papers:mail.fact', { stay: stayInFull(words, stay), centre: stay.centre }),
            })),
            ...centres.map(({ name, address }) => ({ label: name, value: address })),
            ...centres.flatMap(({ toBring }) =>
              toBring === ''
                ? []
                : [
                    {
                      label: t('leisure-papers:mail.reminder.bring'),
                      value: toBring.split('\n').filter(Boolean).join(', '),
                    },
                  ],
            ),
          ],
          action: { label: t('leisure-papers:mail.reminder.action'), url: signupsUrl(town) },
          after: [t('leisure-papers:mail.reminder.after')],
        },
      })
    }
  })
}
