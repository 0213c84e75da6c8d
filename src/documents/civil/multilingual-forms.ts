import type { Heading } from './convention-16-headings.ts'
import { partsOf } from './dates.ts'
import type {
  ActName,
  ActParent,
  ActSpouse,
  BirthAct,
  CivilRecordView,
  DeathAct,
  LaterEvent,
  MarriageAct,
  PartialDay,
} from './views.ts'

/**
 * A box of a form: its number and heading, where it has one, and what stands in it. A box without anything in it is
 * struck out (art. 7); one with a heading only has `empty`.
 */
export type Box = {
  number?: number
  heading?: Heading
  /** Whether Jo, Mo and An stand before the text; `undefined` in it is a date that the act does not say. */
  date?: { day: PartialDay | undefined }
  text?: string
  /** Nothing belongs in it. */
  empty?: true
  width: number
}

/** The boxes of a form, a row each. `height` is the least it takes. */
export type Form = { letter: 'A' | 'B' | 'C'; rows: { boxes: Box[]; height: number }[] }

type View = Extract<CivilRecordView, { form: 'multilingual' }>

const WHOLE = 1
const HEAD = 0.28
const SIDE = (1 - HEAD) / 2

/** Form A for a birth, B for a marriage, C for a death (convention of 8 September 1976, annexes). */
export function formOf(view: View, state: string, town: string): Form {
  const { act } = view
  const { number, year } = view.register
  const top = (extract: Heading, date: Heading) => [
    row([box(1, 'state', state, SIDE + HEAD / 2), box(2, 'office', town, SIDE + HEAD / 2)]),
    row([box(3, extract, `${number} / ${year}`)]),
    row([{ ...box(4, date, act.place), date: { day: act.date } }], 40),
  ]
  switch (act.kind) {
    case 'birth':
      return { letter: 'A', rows: [...top('birthExtract', 'birthDate'), ...birth(act), others(10, view)] }
    case 'marriage':
      return { letter: 'B', rows: [...top('marriageExtract', 'marriageDate'), ...marriage(act), others(11, view)] }
    case 'death':
      return { letter: 'C', rows: [...top('deathExtract', 'deathDate'), ...death(act)] }
  }
}

const row = (boxes: Box[], height = 36) => ({ boxes, height })

function box(number: number, heading: Heading, text: string | undefined, width = WHOLE): Box {
  return { number, heading, width, ...(text?.trim() ? { text } : {}) }
}

function birth({ person, sex, parents }: BirthAct) {
  return [
    row([box(5, 'name', person.lastName)]),
    row([box(6, 'forenames', person.firstNames)]),
    ...parentage(parents, [8, 9], box(7, 'sex', sex, HEAD)),
  ]
}

function marriage({ spouses }: MarriageAct) {
  const [first, second] = inOrder(spouses)
  const alike = first.sex !== undefined && first.sex === second.sex
  const both = (text: (spouse: ActSpouse) => string | undefined): Box[] => [
    plain(text(first), SIDE),
    plain(text(second), SIDE),
  ]
  return [
    row(
      [
        { width: HEAD, empty: true },
        { ...box(5, alike ? 'spouse' : 'husband', undefined, SIDE), empty: true },
        { ...box(6, alike ? 'spouse' : 'wife', undefined, SIDE), empty: true },
      ],
      30,
    ),
    row([only(7, 'nameBefore'), ...both(spouse => spouse.lastName)]),
    row([only(8, 'forenames'), ...both(spouse => spouse.firstNames)]),
    row(
      [
        only(9, 'birthDate'),
        ...[first, second].map(({ birth: born }) => ({ ...plain(born.place, SIDE), date: { day: born.date } })),
      ],
      58,
    ),
    row([only(10, 'nameAfter'), ...both(spouse => spouse.nameAfter ?? spouse.lastName)]),
  ]
}

/** The form has a place for the husband and one for the wife. */
function inOrder([first, second]: MarriageAct['spouses']): MarriageAct['spouses'] {
  return first.sex === 'F' && second.sex === 'M' ? [second, first] : [first, second]
}

function death({ person, sex, birth: born, spouse, parents }: DeathAct) {
  return [
    row([box(5, 'name', person.lastName)]),
    row([box(6, 'forenames', person.firstNames)]),
    row([box(7, 'sex', sex, HEAD), { ...box(8, 'birthDate', born.place, 1 - HEAD), date: { day: born.date } }], 40),
    row([box(9, 'spouseName', spouse?.lastName)]),
    row([box(10, 'spouseForenames', spouse?.firstNames)]),
    ...parentage(parents, [12, 13], { width: HEAD, empty: true }),
  ]
}

function parentage(parents: readonly ActParent[], [left, right]: [number, number], corner: Box) {
  const father = parents.find(({ role }) => role === 'father') ?? parents.find(({ role }) => role === 'parent')
  const mother =
    parents.find(({ role }) => role === 'mother') ?? parents.find(each => each.role === 'parent' && each !== father)
  const rest = parents.filter(parent => parent !== father && parent !== mother)
  // Two fathers or two mothers: the form's words would be wrong for one of them.
  const [first, second] = father ? [father, mother ?? rest[0]] : rest[0] ? [mother, rest[0]] : [undefined, mother]
  const usual = (first?.role ?? 'father') === 'father' && (second?.role ?? 'mother') === 'mother'
  const each = (text: (name: ActName) => string): Box[] =>
    [first, second].map(parent => plain(parent && text(parent), SIDE))
  return [
    row(
      [
        corner,
        { ...box(left, usual ? 'father' : 'parent', undefined, SIDE), empty: true },
        { ...box(right, usual ? 'mother' : 'parent', undefined, SIDE), empty: true },
      ],
      32,
    ),
    row([only(5, 'name'), ...each(name => name.lastName)]),
    row([only(6, 'forenames'), ...each(name => name.firstNames)]),
  ]
}

const plain = (text: string | undefined, width: number): Box => ({ width, ...(text?.trim() ? { text } : {}) })
const only = (number: number, heading: Heading): Box => ({ number, heading, width: HEAD, empty: true })

function others(number: number, { events = [], other }: { events?: readonly LaterEvent[]; other?: string }) {
  const text = [...events.map(said), ...(other ? [other] : [])].join('\n')
  return row([box(number, 'other', text)], 76)
}

/** « Mar 04 06 1955 Lille – Petit Jean »: sign, date, place, and whom they married. */
function said({ sign, date, place, spouse }: LaterEvent): string {
  const [year, month, day] = partsOf(date)
  const figures = [...[day, month].map(n => (n === undefined ? '––' : String(n).padStart(2, '0'))), year].join(' ')
  const whom = spouse ? `, ${[spouse.lastName, spouse.firstNames].filter(part => part !== '').join(' ')}` : ''
  return `${sign} ${figures} ${place}${whom}`
}
