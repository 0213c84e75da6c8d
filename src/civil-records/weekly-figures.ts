import { and, count, inArray, lt } from '../db/drizzle.ts'
import { dayInParis, PARIS } from '../kernel/clock.ts'
import { percentile } from '../kernel/figures.ts'
import { settingsOf } from '../settings/settings.ts'
import type { Town } from '../town-context.ts'
import { allKinds, measure, sumOf, waiting } from './figures.ts'
import { civilRequests } from './schema.ts'

/**
 * The week's figures for the head of service, every Monday morning; to nobody when the town named none. `turn` is the
 * Monday: the same one writes once.
 */
export async function writeWeeklyFigures(town: Town, turn: string): Promise<void> {
  const { weeklyMailTo } = await settingsOf(town.db.read)
  if (!weeklyMailTo) return
  const monday = Temporal.PlainDate.from(turn)
  const start = (day: Temporal.PlainDate) => day.toZonedDateTime(PARIS).toInstant()
  const lastWeek = monday.subtract({ days: 7 })
  const { received, delays } = await measure(town.db.read, { from: start(lastWeek), to: start(monday) })
  const all = allKinds(delays)
  const { t, f } = town.languages.for('fr')
  const days = (value: number | null) =>
    value === null ? t('figures:none') : t('figures:workingDays', { count: value })
  const fact = (key: string, value: string) => ({ label: t(`figures:weekly.${key}`), value })
  const now = town.clock.now()
  const [still, late] = [await waiting(town.db.read), await lateOn(town, dayInParis(now))]
  await town.db.transaction(tx =>
    town.mailer.write(tx, now, {
      key: `civil.weekly-figures:${turn}`,
      kind: 'figures.weekly',
      to: { personId: null, email: weeklyMailTo, language: 'fr' },
      content: {
        subject: t('figures:weekly.subject', { week: f.date(lastWeek) }),
        paragraphs: [t('figures:weekly.text')],
        facts: [
          fact('received', f.number(sumOf(received))),
          fact('answered', f.number(sumOf(all))),
          fact('waiting', f.number(still)),
          fact('late', f.number(late)),
          fact('median', days(percentile(all, 0.5))),
          fact('ninetieth', days(percentile(all, 0.9))),
        ],
        action: { label: t('figures:weekly.action'), url: `${town.config.baseUrl}/guichet/tableau-de-bord` },
      },
    }),
  )
}

/** Requests that the town wanted to have answered before that day. */
async function lateOn(town: Town, today: Temporal.PlainDate): Promise<number> {
  const [row] = await town.db.read
    .select({ n: count() })
    .from(civilRequests)
    .where(
      and(
        inArray(civilRequests.state, ['submitted', 'under-review', 'ready-to-print', 'signed']),
        lt(civilRequests.dueOn, today),
      ),
    )
  return Number(row?.n ?? 0)
}
