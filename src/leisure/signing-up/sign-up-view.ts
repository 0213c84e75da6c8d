import type { Child } from '../../people/store.ts'
import type { Translator } from '../../web/i18n.ts'
import { type PlacesLeft, placesLeft } from '../places.ts'
import type { LeisurePeriod } from '../store.ts'
import { rankInWords } from '../waiting/words.ts'
import { agesInWords, hoursInWords } from '../words.ts'
import type { PageGround } from './ground.ts'
import { childDayKey, judge, type Offer, type Refusal } from './rules.ts'
import { type ShownDay, shownDays } from './shown-days.ts'
import type { NamedGroup } from './store.ts'
import { wayOf, writeChoice } from './ways.ts'

type Box = { id: string; name: 'choose' | 'each'; value: string; text: string; note: string; checked: boolean }
type Mark = { text: string; tone: 'yes' | 'no' | 'wait'; href: string }
/** A day of a child: a box for one way to come, a list for several, or words when nothing can be chosen. */
type DayView = {
  id: string
  weekday: string
  date: string
  full: string
  box: Box | null
  list: { value: string; text: string; selected: boolean }[]
  mark: Mark | null
  note: string
}
type WeekView = { legend: string; left: PlacesLeft | null; whole: Box | null; mark: Mark | null; days: DayView[] }
export type ChildView = {
  id: string
  name: string
  about: string[]
  /** Why this child cannot come to this centre at all. */
  cannot: string
  /** Whose choices could be copied. */
  like: { value: string; name: string; checked: boolean } | null
  all: Box | null
  weeks: WeekView[]
}

type Shown = {
  words: Translator
  period: Pick<LeisurePeriod, 'kind'>
  centreId: string
  groups: readonly NamedGroup[]
  ground: PageGround
  ranks: ReadonlyMap<string, number>
  /** What was chosen on the page that came back. */
  chosen: ReadonlySet<string>
  same: ReadonlySet<string>
}

/** The children of a household at a centre, each with what can be chosen week by week, or Wednesday by Wednesday. */
export function childViews(shown: Shown, children: readonly Child[]): ChildView[] {
  const wayText = wayTexts(shown.words)
  const all = children.map(child => ({ child, ...shownDays(shown.ground, child, shown.centreId) }))
  const first = all.find(({ none }) => none === undefined)?.child
  return all.map(({ child, days, none }, index) => {
    const like = first && first !== child && !none ? `${child.id} ${first.id}` : undefined
    const own: Own = { shown, child, days, index, wayText }
    return {
      id: child.id,
      name: child.firstName,
      about: aboutOf(own),
      cannot: none ? shown.words.t(`leisure-signup:none.${none}`, { child: child.firstName }) : '',
      like: like ? { value: like, name: first?.firstName ?? '', checked: shown.same.has(like) } : null,
      all: allBox(own),
      weeks: weekViews(own),
    }
  })
}

/** A child with its days, and its place on the page. */
type Own = {
  shown: Shown
  child: Child
  days: readonly ShownDay[]
  index: number
  /** « journée avec repas » */
  wayText: (offer: Offer) => string
}

/** « Les petits (de 3 à 5 ans), de 8 h à 18 h », once for each group the child is in. */
function aboutOf({ shown: { words, groups }, days }: Own): string[] {
  const ids = new Set(days.map(({ group }) => group.id))
  return groups
    .filter(({ id }) => ids.has(id))
    .map(group =>
      words.t('leisure-signup:group', {
        group: group.name,
        ages: agesInWords(words, group),
        hours: hoursInWords(words, group),
      }),
    )
}

function weekViews(own: Own): WeekView[] {
  const { t, f } = own.shown.words
  if (own.shown.period.kind === 'wednesdays') {
    const months = Map.groupBy(own.days, ({ iso }) => iso.slice(0, 7))
    return [...months.values()].map(days => ({
      legend: days[0] ? f.month(days[0].day) : '',
      left: null,
      whole: null,
      mark: null,
      days: days.map(day => dayView(own, day)),
    }))
  }
  return [...Map.groupBy(own.days, ({ monday }) => monday)].map(([monday, days]) => ({
    legend: t('leisure-signup:week', { day: f.date(Temporal.PlainDate.from(monday)) }),
    left: placesLeft(days.flatMap(({ places }) => places)),
    ...wholeWeek(own, monday, days),
    days: days.map(day => dayView(own, day)),
  }))
}

/** « Toute la semaine »: one choice where the town sells weeks, else a choice for each of its days. */
function wholeWeek(own: Own, monday: string, days: readonly ShownDay[]): Pick<WeekView, 'whole' | 'mark'> {
  const { shown, child, index, wayText } = own
  const { words, ground, centreId, chosen } = shown
  const box = (name: Box['name'], offer: Offer, on: readonly ShownDay[]): Box => {
    const value = writeChoice(child.id, offer, dates(on))
    const full = on.some(({ places }) => places.some(({ taken, capacity }) => taken >= capacity))
    return {
      id: `c${index}-${monday}`,
      name,
      value,
      text: words.t('leisure-signup:wholeWeek', { way: wayText(offer) }),
      note: full ? words.t(`leisure-signup:note.${name === 'choose' ? 'weekFull' : 'someFull'}`) : '',
      checked: chosen.has(value),
    }
  }
  const open = days.filter(({ whole }) => whole)
  const [first] = open
  const week = first?.week
  if (first && week) {
    const asked = { ...week, childId: child.id, centreId, days: dates(open) }
    const judged = open.every(one => one.clear && one.week) ? asked : judge(ground, child, asked)
    if (!('refused' in judged) && 'days' in judged) return { whole: box('choose', week, open), mark: null }
    const waiting = ground.childDays
      .get(childDayKey(child.id, first.iso))
      ?.find(({ unit, state }) => unit === 'week' && state === 'waiting')
    return { whole: null, mark: waiting ? markOf(shown, child, first.day, 'in-line') : null }
  }
  const single = days.flatMap(day => {
    const offer = day.free.find(one => one.offer.unit === 'day')?.offer
    return offer ? [{ day, offer }] : []
  })
  const [one] = single
  if (!one || single.length < 2) return { whole: null, mark: null }
  return {
    whole: box(
      'each',
      one.offer,
      single.map(({ day }) => day),
    ),
    mark: null,
  }
}

const dates = (days: readonly ShownDay[]) => days.map(({ day }) => day)

/** « Tous les mercredis »: a choice for each day on which the child could come the same way. */
function allBox({ shown, child, days, index, wayText }: Own): Box | null {
  const { words, chosen, period } = shown
  if (period.kind !== 'wednesdays') return null
  const first = days.find(({ free }) => free.length > 0)?.free[0]?.offer
  if (!first) return null
  const way = wayOf(first)
  const alike = days.flatMap(day => {
    const same = day.free.find(({ offer }) => wayOf(offer) === way)
    return same ? [{ day, full: same.full }] : []
  })
  if (alike.length < 3) return null
  const value = writeChoice(
    child.id,
    first,
    alike.map(({ day }) => day.day),
  )
  return {
    id: `c${index}-all`,
    name: 'each',
    value,
    text: words.t('leisure-signup:allWednesdays', { way: wayText(first) }),
    note: alike.some(({ full }) => full) ? words.t('leisure-signup:note.someFull') : '',
    checked: chosen.has(value),
  }
}

/** The words of each way to come, looked up once for a page: it tells them a hundred times. */
function wayTexts({ t }: Translator): (offer: Offer) => string {
  const known = new Map<string, string>()
  return offer => {
    const way = wayOf(offer)
    const text = known.get(way) ?? t(`leisure-signup:way.${way}`)
    known.set(way, text)
    return text
  }
}

function dayView({ shown, child, index, wayText }: Own, { day, iso, free, places, refusal }: ShownDay): DayView {
  const { words, chosen } = shown
  const { t, f } = words
  const id = `c${index}-${iso}-day`
  const options = free.map(({ offer, full }) => {
    const value = writeChoice(child.id, offer, [day])
    return { value, full, text: capital(wayText(offer)), checked: chosen.has(value) }
  })
  const [only] = options
  const box: Box | null =
    only && options.length === 1
      ? { id, name: 'choose', value: only.value, text: only.text, note: '', checked: only.checked }
      : null
  const allFull = options.length > 0 && options.every(({ full }) => full)
  const few = options.length > 0 && placesLeft(places) === 'few'
  return {
    id,
    weekday: f.shortWeekday(day),
    date: f.shortDate(day),
    full: f.dayNoYear(day),
    box,
    list: box
      ? []
      : options.map(({ value, text, full, checked }) => ({
          value,
          text: full && !allFull ? t('leisure-signup:wayFull', { way: text }) : text,
          selected: checked,
        })),
    mark: options.length === 0 ? markOf(shown, child, day, refusal ?? 'not-offered') : null,
    note: allFull ? t('leisure-signup:note.full') : few ? t('leisure-signup:note.few') : '',
  }
}

function markOf({ words, ground, ranks }: Shown, child: Child, day: Temporal.PlainDate, code: Refusal): Mark {
  const { t } = words
  const theirs = (ground.childDays.get(childDayKey(child.id, day)) ?? []).filter(
    ({ householdId }) => householdId === ground.householdId,
  )
  if (code === 'signed-up') {
    const state = theirs.find(({ dayState }) => dayState === 'taken')?.state ?? 'booked'
    return { text: t(`leisure-signup:mark.${state}`), tone: state === 'booked' ? 'yes' : 'wait', href: '' }
  }
  if (code === 'in-line') {
    const rank = ranks.get(theirs.find(({ state }) => state === 'waiting')?.signupId ?? '')
    const text = rank
      ? t('leisure-signup:mark.rank', { rank: rankInWords(words, rank) })
      : t('leisure-signup:mark.waiting')
    return { text, tone: 'wait', href: '' }
  }
  const href = code === 'meal-booked' ? `/cantine?mois=${day.toPlainYearMonth()}` : ''
  return { text: t(`leisure-signup:mark.${code}`), tone: 'no', href }
}

const capital = (text: string) => text.charAt(0).toLocaleUpperCase() + text.slice(1)
