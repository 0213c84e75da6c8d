import { audit } from '../../audit/audit.ts'
import type { Tx } from '../../db/database.ts'
import { and, eq, inArray, lte } from '../../db/drizzle.ts'
import { outbox } from '../../jobs/outbox.ts'
import { system } from '../../kernel/actor.ts'
import { dayInParis } from '../../kernel/clock.ts'
import type { Id } from '../../kernel/ids.ts'
import { childrenById } from '../../people/store.ts'
import type { Town } from '../../town-context.ts'
import { writeToHousehold } from '../letters.ts'
import { leisureSignupDays, leisureSignups } from '../schema.ts'
import { type SignupRow, withDays } from '../signups.ts'
import { centresOf } from '../store.ts'
import type { AskedDay } from '../taking.ts'
import { lineFor } from './line.ts'
import { stayInWords } from './words.ts'

/** Why nobody waits any more: `date`, the first of the days has come; `gone`, the centre takes no child there any more. */
type Why = 'date' | 'gone'

/** A household of whose children some wait no longer: told to it by the job of that name. */
export type LinesEnded = { householdId: Id<'household'>; signupIds: readonly Id<'leisure-signup'>[]; why: Why }

/** Nobody waits any more for half-days that are taken away: call it in that transaction. The families are written to. */
export async function endLinesFor(tx: Tx, now: Temporal.Instant, gone: readonly AskedDay[]): Promise<void> {
  if (gone.length === 0) return
  const ids: Id<'leisure-signup'>[] = []
  for await (const batch of lineFor(tx, gone)) ids.push(...batch.map(({ id }) => id))
  if (ids.length === 0) return
  const ended = await tx
    .update(leisureSignups)
    .set({ state: 'lapsed' })
    .where(and(inArray(leisureSignups.id, ids), eq(leisureSignups.state, 'waiting')))
    .returning()
  await writeDown(tx, now, ended, 'gone')
}

/** Nobody waits any more for days of which the first has come: they are offered together or not at all. */
export async function endLines(town: Town): Promise<void> {
  const now = town.clock.now()
  await town.db.transaction(async tx => {
    const begun = tx
      .select({ id: leisureSignupDays.signupId })
      .from(leisureSignupDays)
      .where(and(eq(leisureSignupDays.state, 'asked'), lte(leisureSignupDays.day, dayInParis(now))))
    const ended = await tx
      .update(leisureSignups)
      .set({ state: 'lapsed' })
      .where(and(eq(leisureSignups.state, 'waiting'), inArray(leisureSignups.id, begun)))
      .returning()
    await writeDown(tx, now, ended, 'date')
  })
}

async function writeDown(tx: Tx, now: Temporal.Instant, ended: readonly SignupRow[], why: Why): Promise<void> {
  for (const { id, childId } of ended)
    await audit(tx, now, system('waiting-list'), {
      action: 'leisure-signup.line-ended',
      subject: { kind: 'child', id: childId },
      details: { signupId: id },
    })
  for (const [householdId, theirs] of Map.groupBy(ended, signup => signup.householdId)) {
    const signupIds = theirs.map(({ id }) => id).sort()
    const payload: LinesEnded = { householdId, signupIds, why }
    // A line ends once: its first sign-up names the letter.
    await outbox(tx, now, { topic: 'leisure.lines-ended', payload, key: `leisure.lines-ended:${signupIds[0]}` })
  }
}

/** Tells a household for which days its children wait no longer, and why. */
export async function writeLinesEnded(town: Town, { householdId, signupIds, why }: LinesEnded, key: string) {
  await town.db.transaction(async tx => {
    const signups = await withDays(
      tx,
      await tx
        .select()
        .from(leisureSignups)
        .where(inArray(leisureSignups.id, [...signupIds])),
    )
    const children = await childrenById(tx, [...new Set(signups.map(({ childId }) => childId))])
    const centres = new Map((await centresOf(tx)).map(({ id, name }) => [id, name]))
    await writeToHousehold(tx, town, householdId, {
      kind: 'lines-ended',
      key,
      content: words => {
        const { t } = words
        return {
          subject: t('leisure-waiting:mail.ended.subject'),
          paragraphs: [t(`leisure-waiting:mail.ended.why.${why}`), t('leisure-waiting:mail.ended.noMore')],
          facts: signups.map(signup => ({
            label: children.get(signup.childId)?.firstName ?? '',
            value: t('leisure-papers:mail.fact', {
              centre: centres.get(signup.centreId) ?? '',
              stay: stayInWords(words, signup),
            }),
          })),
          action: {
            label: t('leisure-waiting:offer.seeCentres'),
            url: `${town.config.baseUrl}/centres-de-loisirs`,
          },
        }
      },
    })
  })
}
