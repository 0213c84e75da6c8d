import { wordsIn } from '../words.ts'
import { dayInFigures, dayInLetters, timeInFigures, timeInLetters } from './dates.ts'
import type { ActFacts, ActName, ActParent, ActSpouse, CivilRecordView, PartialDay, Sex } from './views.ts'

/** How days and hours are written. */
type Hand = { day(day: PartialDay): string; time(time: string): string; timed: string }

const LETTERS: Hand = { day: dayInLetters, time: timeInLetters, timed: 'act.on-time' }
const FIGURES: Hand = { day: dayInFigures, time: timeInFigures, timed: 'act.at-time' }

/** An extract in words: what happened, to whom, and what the act says of them. */
export type ExtractWording = { lead: string; people: { name: string; lines: string[] }[]; after: string[] }

/**
 * The act in the customary wording of French registers, a paragraph each, dates in letters. Always French.
 * What the facts do not say is left out.
 */
export function wordingOf(act: ActFacts): string[] {
  const { t } = wordsIn('fr')
  const when = capital(timed(act, LETTERS))
  const { place } = act
  switch (act.kind) {
    case 'birth': {
      const person = joined(nameOf(act.person), sexOf(act.sex), childOf(act.parents, act.sex, LETTERS) ?? noParents())
      const born = t('act.is-born', gender(act.sex))
      return [
        t('act.birth.body', { when, born, place, person }),
        ...(act.declaredBy ? [t('act.birth.declared', { by: act.declaredBy })] : []),
      ]
    }
    case 'marriage':
      return [
        t('act.marriage.body', { when, place }),
        ...act.spouses.map((spouse, i) => `${spouseIn(spouse, LETTERS)}${i === 0 ? ' ;' : '.'}`),
        t('act.marriage.vows'),
        ...(act.contract ? [t('act.marriage.contract', { contract: act.contract })] : []),
        ...(act.witnesses?.length ? [t('act.marriage.witnesses', { witnesses: inPairs(act.witnesses) })] : []),
      ]
    case 'death': {
      const person = joined(
        nameOf(act.person),
        bornClause(act.birth, act.sex, LETTERS),
        act.occupation,
        domiciled(act.domicile, act.sex),
        childOf(act.parents, act.sex, LETTERS),
        act.spouse && t('act.spouse', { of: of(nameOf(act.spouse)) }),
      )
      return [
        t('act.death.body', { when, died: t('act.died', gender(act.sex)), place, person }),
        ...(act.declaredBy ? [t('act.death.declared', { by: act.declaredBy })] : []),
      ]
    }
    case 'recognition': {
      const { child } = act
      if (act.parents.length === 0) throw new RangeError('a recognition names who recognised')
      const parents = inPairs(act.parents.map(parent => parentIn(parent, LETTERS)))
      const who = child
        ? joined(nameOf(child), sexOf(child.sex), bornClause(child.birth, child.sex, LETTERS))
        : t('act.recognition.unborn')
      const said = parents.includes(', ') ? `${parents},` : parents
      return [t('act.recognition.body', { when, place, parents: said, child: who, count: act.parents.length })]
    }
  }
}

/**
 * An extract in words, dates in figures; the parents only when asked. Throws a RangeError for a recognition without
 * parents: who recognised is all it says.
 */
export function extractOf(act: ActFacts, withParentage: boolean): ExtractWording {
  const { t } = wordsIn('fr')
  const when = capital(timed(act, FIGURES))
  const parentage = (parents: readonly ActParent[], sex: Sex | undefined, none?: string) =>
    !withParentage
      ? []
      : parents.length === 0
        ? [none]
        : parents.map((parent, i) => {
            const name = of(parentIn(onlyBirth(parent), FIGURES))
            return i === 0 ? `${t('act.child', gender(sex))} ${name}` : t('act.and-also', { name })
          })
  const lines = (...all: readonly (string | undefined)[]) => all.filter(line => line !== undefined)
  switch (act.kind) {
    case 'birth':
      return {
        lead: `${when} ${t('act.is-born', gender(act.sex))} ${t('act.place', { place: act.place })}`,
        people: [
          { name: nameOf(act.person), lines: lines(sexOf(act.sex), ...parentage(act.parents, act.sex, noParents())) },
        ],
        after: [],
      }
    case 'marriage':
      return {
        lead: t('act.marriage.lead', { when, place: act.place }),
        people: act.spouses.map(({ birth, sex, parents, ...name }) => ({
          name: nameOf(name),
          lines: lines(bornClause(birth, sex, FIGURES), ...parentage(parents, sex)),
        })),
        after: act.contract ? [t('act.marriage.contract', { contract: act.contract })] : [],
      }
    case 'death': {
      const { person, birth, sex, domicile, parents, spouse } = act
      return {
        lead: `${when} ${t('act.died', gender(sex))} ${t('act.place', { place: act.place })}`,
        people: [
          {
            name: nameOf(person),
            lines: lines(
              bornClause(birth, sex, FIGURES),
              domiciled(domicile, sex),
              ...parentage(parents, sex),
              spouse && t('act.spouse', { of: of(nameOf(spouse)) }),
            ),
          },
        ],
        after: [],
      }
    }
    case 'recognition': {
      if (!withParentage) throw new RangeError('an extract of a recognition names who recognised')
      const { child } = act
      const by = act.parents.map(onlyBirth).map(parent => parentIn(parent, FIGURES))
      return {
        lead: t('act.recognition.lead', { when, place: act.place, ...gender(child?.sex) }),
        people: [
          {
            name: child ? nameOf(child) : t('act.recognition.unborn'),
            lines: lines(
              child ? sexOf(child.sex) : undefined,
              child ? bornClause(child.birth, child.sex, FIGURES) : undefined,
              ...by.map((parent, i) => t(i === 0 ? 'act.recognition.by' : 'act.recognition.and-by', { parent })),
            ),
          },
        ],
        after: [],
      }
    }
  }
}

/** « Naissance de Madeleine Delannoy »: what stands at the head of the act's margin. */
export function headOf(act: CivilRecordView['act']): string {
  const { t } = wordsIn('fr')
  const names = namesIn(act).map(nameOf)
  if (names.length === 0) throw new RangeError('an act without names')
  return t(`act.of-whom.${act.kind}`, { of: of(names.reduce((first, second) => t('act.couple', { first, second }))) })
}

function namesIn(act: CivilRecordView['act']): readonly ActName[] {
  if ('names' in act) return act.names
  switch (act.kind) {
    case 'marriage':
      return act.spouses
    case 'recognition':
      return act.child ? [act.child] : act.parents
    default:
      return [act.person]
  }
}

/** « Madeleine Rose Delannoy », as the act writes it. */
export function nameOf({ firstNames, lastName }: ActName): string {
  const name = [firstNames, lastName].map(part => part.trim()).filter(part => part !== '')
  return name.length === 0 ? wordsIn('fr').t('act.unnamed') : name.join(' ')
}

function timed(
  { date, dateAsWritten, time }: { date: PartialDay; dateAsWritten?: string; time?: string },
  hand: Hand,
): string {
  const day = dateAsWritten ?? hand.day(date)
  return time ? wordsIn('fr').t(hand.timed, { date: day, time: hand.time(time) }) : day
}

const capital = (text: string) => wordsIn('fr').capital(text)
const joined = (...parts: readonly (string | undefined)[]) => parts.filter(part => part).join(', ')
const gender = (sex: Sex | undefined) => (sex ? { context: sex } : {})
const sexOf = (sex: Sex | undefined) => sex && wordsIn('fr').t(`act.sex_${sex}`)
const noParents = () => wordsIn('fr').t('act.no-parents')

function domiciled(place: string | undefined, sex: Sex | undefined): string | undefined {
  const { t } = wordsIn('fr')
  return place && t('act.domiciled', { place: t('act.place', { place }), ...gender(sex) })
}

/** « née à Valmont (Nord) le 12 mai 1931 », as far as it is known. */
function bornClause(
  birth: { date?: PartialDay; place?: string } | undefined,
  sex: Sex | undefined,
  hand: Hand,
): string | undefined {
  if (!birth?.date && !birth?.place) return undefined
  const { t } = wordsIn('fr')
  const parts = [
    t('act.born', gender(sex)),
    birth.place && t('act.place', { place: birth.place }),
    birth.date && hand.day(birth.date),
  ]
  return parts.filter(part => part).join(' ')
}

function parentIn(parent: ActParent, hand: Hand): string {
  const sex = parent.role === 'father' ? 'M' : parent.role === 'mother' ? 'F' : undefined
  return joined(nameOf(parent), bornClause(parent.birth, sex, hand), parent.occupation, domiciled(parent.domicile, sex))
}

/** An extract says a parent's names and birth, nothing else (décret n° 2017-890, art. 30 to 32). */
function onlyBirth({ firstNames, lastName, role, birth }: ActParent): ActParent {
  return { firstNames, lastName, role, ...(birth ? { birth } : {}) }
}

function spouseIn(spouse: ActSpouse, hand: Hand): string {
  return joined(
    nameOf(spouse),
    spouse.occupation,
    bornClause(spouse.birth, spouse.sex, hand),
    domiciled(spouse.domicile, spouse.sex),
    childOf(spouse.parents, spouse.sex, hand),
  )
}

/** « fille d’Auguste Delannoy, né…, et de Rose Carlier »; nothing when no parent is named. */
function childOf(parents: readonly ActParent[], sex: Sex | undefined, hand: Hand): string | undefined {
  if (parents.length === 0) return undefined
  return `${wordsIn('fr').t('act.child', gender(sex))} ${inPairs(parents.map(parent => of(parentIn(parent, hand))))}`
}

function inPairs(all: readonly string[]): string {
  const { t } = wordsIn('fr')
  return all.reduce((first, second) => t('act.and', { first, second }))
}

/** « de Rose », « d’Auguste ». */
function of(name: string): string {
  return wordsIn('fr').t(isElided(name) ? 'act.of-elided' : 'act.of', { name })
}

/** Whether « de » loses its e before that name. Before an h, which may be mute or not, acts keep it. */
export const isElided = (name: string): boolean => /^[aeiouœæ]/i.test(name.normalize('NFD'))
