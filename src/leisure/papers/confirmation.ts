import type { Queries } from '../../db/database.ts'
import type { DocumentRequest } from '../../documents/views.ts'
import { dayInParis } from '../../kernel/clock.ts'
import { mondayOf, monthOf, schoolYearOf } from '../../kernel/days.ts'
import type { Id } from '../../kernel/ids.ts'
import { fileKey, fileStates } from '../../people/child-file-lists.ts'
import { missingTold } from '../../people/child-file-told.ts'
import { addressOn } from '../../people/rules.ts'
import { childrenOf, payerOf, pricingFacts } from '../../people/store.ts'
import type { Town } from '../../town-context.ts'
import type { Translator } from '../../web/i18n.ts'
import { type Centre, centresOf, type LeisurePeriod } from '../store.ts'
import { type FamilyStay, staysInPeriod } from './stays-of-family.ts'
import { stayInFull } from './words.ts'

/** The kind of the document that confirms places. */
export const confirmationKind = 'leisure-confirmation' as const

type Confirmation = Extract<DocumentRequest, { kind: typeof confirmationKind }>

/**
 * The confirmation of all places a household has in a period, as they stand now: days, where, what to bring, what is
 * missing in each child's file. Undefined when it has none.
 */
export async function confirmationOf(
  town: Town,
  householdId: Id<'household'>,
  period: LeisurePeriod,
  readerLanguage: string,
): Promise<Confirmation | undefined> {
  const db = town.db.read
  const stays = await staysInPeriod(db, householdId, period)
  const [first] = stays
  if (!first) return undefined
  const language = readerLanguage === 'en' ? 'en' : 'fr'
  const words = town.languages.for(language)
  const now = town.clock.now()
  const payer = await payerOf(db, householdId)
  const facts = (await pricingFacts(db, [householdId])).get(householdId)
  const address = addressOn(facts?.residency ?? [], dayInParis(now))
  const centres = (await centresOf(db)).filter(({ id }) => stays.some(({ centreId }) => centreId === id))
  const missing = await missingOf(db, words, householdId, stays)
  return {
    kind: confirmationKind,
    language,
    town: town.config.town,
    view: {
      period: period.name,
      from: period.from.toString(),
      until: period.to.toString(),
      printedAt: now.toString(),
      to: {
        name: `${payer.firstName} ${payer.lastName}`,
        addressLines: address ? [...address.lines, `${address.postcode} ${address.city}`] : [],
      },
      children: (await childrenOf(db, householdId)).flatMap(child => {
        const own = stays.filter(({ childId }) => childId === child.id)
        if (own.length === 0) return []
        return [
          {
            name: `${child.firstName} ${child.lastName}`,
            stays: linesOf(words, period, own),
            missing: missing.get(child.id) ?? [],
          },
        ]
      }),
      centres: centres.map(centre => centreTold(centre)),
      cancelDays: period.cancelDays,
      page: `${town.config.baseUrl}/centres-de-loisirs/inscriptions`,
    },
  }
}

const centreTold = ({ name, address, phone, email, toBring }: Centre) => ({
  name,
  address,
  phone,
  email,
  toBring: toBring.split('\n').filter(Boolean),
})

/** One line for each week of holidays, or each month of Wednesdays, at one centre, in one group, for one part of the day. */
function linesOf(words: Translator, { kind }: LeisurePeriod, stays: readonly FamilyStay[]) {
  const together = ({ day }: FamilyStay) => (kind === 'wednesdays' ? monthOf(day) : mondayOf(day)).toString()
  const groups = Map.groupBy(stays, stay =>
    [together(stay), stay.centreId, stay.group, stay.part, stay.meal, stay.opensAt, stay.closesAt].join(),
  )
  return [...groups.values()].flatMap(group => {
    const [first] = group
    if (!first) return []
    return [
      {
        days: group.map(({ day }) => day.toString()),
        what: stayInFull(words, first),
        centre: first.centre,
        group: first.group,
      },
    ]
  })
}

/** What each child's file lacks on its first day there, in words. */
export async function missingOf(
  db: Queries,
  words: Translator,
  householdId: Id<'household'>,
  stays: readonly FamilyStay[],
): Promise<ReadonlyMap<Id<'person'>, string[]>> {
  const told = new Map<Id<'person'>, string[]>()
  const firsts = [...Map.groupBy(stays, ({ childId }) => childId).values()].flatMap(([first]) => first ?? [])
  for (const [, sameYear] of Map.groupBy(firsts, ({ day }) => schoolYearOf(day).label)) {
    const [one] = sameYear
    if (!one) continue
    const asked = sameYear.map(({ childId }) => ({ childId, householdId }))
    const files = await fileStates(db, asked, schoolYearOf(one.day))
    for (const { childId, day } of sameYear) {
      const file = files.get(fileKey({ childId, householdId }))
      if (file)
        told.set(
          childId,
          missingTold(words, file, day, '', ['leisure']).map(({ piece }) => piece),
        )
    }
  }
  return told
}
