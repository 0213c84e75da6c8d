import type { Tx } from '../db/database.ts'
import type { Id } from '../kernel/ids.ts'
import { childrenById, mailRecipients } from '../people/store.ts'
import type { Declaration } from '../schools/closures.ts'
import type { Town } from '../town-context.ts'
import type { Translator } from '../web/i18n.ts'
import { calendarUrl, daysInWords } from './meals-mail.ts'

type Writing = { town: Town; now: Temporal.Instant }
type Meal = { childId: Id<'person'>; day: Temporal.PlainDate }

/** Tells a household, once, which meals of its children the closure cancelled, and which waiting lists it ended. */
export async function writeClosureLetters(
  tx: Tx,
  { town, now }: Writing,
  declaration: Declaration,
  householdId: Id<'household'>,
  { cancelled, ended }: { cancelled: readonly Meal[]; ended: readonly Meal[] },
): Promise<void> {
  const [closure] = declaration.closures
  const all = [...cancelled, ...ended]
  const [first] = sorted(all)
  if (!closure || !first) return
  const names = await firstNames(tx, all)
  for (const recipient of await mailRecipients(tx, householdId)) {
    const words = town.languages.for(recipient.language)
    const { t, f } = words
    const said = { from: f.dayNoYear(closure.from), to: f.dayNoYear(closure.to) }
    const when = closure.from.equals(closure.to) ? 'day' : 'days'
    await town.mailer.write(tx, now, {
      key: `canteen.closed:${declaration.id}:${recipient.personId}`,
      kind: 'canteen-closed',
      to: recipient,
      content: {
        subject: t(`canteen-staff:mail.closed.subject.${when}`, said),
        paragraphs: [
          t(`canteen-staff:mail.closed.why.${closure.reason}`),
          closure.message,
          ...(ended.length > 0 ? [t('canteen-staff:mail.closed.waitingEnded')] : []),
          ...(cancelled.length > 0 ? [t('canteen-staff:mail.closed.cancelled')] : []),
        ],
        facts: [
          ...factsOf(words, names, cancelled),
          ...factsOf(words, names, ended).map(({ label, value }) => ({
            label: t('canteen-staff:mail.closed.waiting', { name: label }),
            value,
          })),
        ],
        action: { label: t('canteen-staff:mail.closed.action'), url: calendarUrl(town, first.day) },
        after: cancelled.length > 0 ? [t('canteen-staff:mail.closed.free')] : [],
      },
    })
  }
}

/** Tells a household that the days are open again, which meals are booked anew, and which could not be. */
export async function writeReopeningLetters(
  tx: Tx,
  { town, now }: Writing,
  declaration: Declaration,
  householdId: Id<'household'>,
  meals: { rebooked: readonly Meal[]; lost: readonly Meal[] },
): Promise<void> {
  const [closure] = declaration.closures
  const [first] = sorted([...meals.rebooked, ...meals.lost])
  if (!closure || !first) return
  const names = await firstNames(tx, [...meals.rebooked, ...meals.lost])
  for (const recipient of await mailRecipients(tx, householdId)) {
    const words = town.languages.for(recipient.language)
    const { t, f } = words
    const said = { from: f.dayNoYear(closure.from), to: f.dayNoYear(closure.to) }
    const when = closure.from.equals(closure.to) ? 'day' : 'days'
    const labelled = (kind: 'booked' | 'lost', list: readonly Meal[]) =>
      factsOf(words, names, list).map(({ label, value }) => ({
        label: t(`canteen-staff:mail.reopened.${kind}`, { name: label }),
        value,
      }))
    await town.mailer.write(tx, now, {
      key: `canteen.reopened:${declaration.id}:${recipient.personId}`,
      kind: 'canteen-reopened',
      to: recipient,
      content: {
        subject: t(`canteen-staff:mail.reopened.subject.${when}`, said),
        paragraphs: [t('canteen-staff:mail.reopened.why')],
        facts: [...labelled('booked', meals.rebooked), ...labelled('lost', meals.lost)],
        action: { label: t('canteen-staff:mail.reopened.action'), url: calendarUrl(town, first.day) },
        after: [t('canteen-staff:mail.reopened.after', { phone: town.config.town.phone })],
      },
    })
  }
}

const sorted = (meals: readonly Meal[]) => meals.toSorted((a, b) => Temporal.PlainDate.compare(a.day, b.day))

async function firstNames(tx: Tx, meals: readonly Meal[]) {
  const children = await childrenById(tx, [...new Set(meals.map(({ childId }) => childId))])
  return new Map([...children].map(([id, { firstName }]) => [id, firstName]))
}

function factsOf(words: Translator, names: ReadonlyMap<string, string>, meals: readonly Meal[]) {
  return [...Map.groupBy(sorted(meals), ({ childId }) => childId)].map(([childId, days]) => ({
    label: names.get(childId) ?? '',
    value: daysInWords(
      words,
      days.map(({ day }) => day),
    ),
  }))
}
