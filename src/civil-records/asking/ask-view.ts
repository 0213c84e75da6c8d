import type { Translator } from '../../web/i18n.ts'
import type { PageError } from '../../web/render.ts'
import { type Answers, deliveries, recordKinds, type Standing, standings } from '../kinds.ts'
import { formsOf } from '../rules/entitlement.ts'
import { wholeDatesSince } from '../rules/partial-dates.ts'
import type { QuestionKey } from '../rules/questions.ts'
import type { Fields } from './ask-fields.ts'
import { countriesIn } from './country-names.ts'

type Item = { value: string; text: string; hint?: string }

/** One input of a page, as the macros of `components/field.njk` take it. `as` names the macro. */
export type PageField = {
  as: 'radios' | 'input' | 'textarea' | 'select' | 'dateParts' | 'group'
  name: string
  label: string
  value: unknown
  errors: readonly PageError[]
  heading?: boolean
  hint?: string
  items?: readonly Item[]
  [option: string]: unknown
}

export type QuestionView = {
  title: string
  /** Below the title, when it is not the label of the only field. */
  text?: string | undefined
  fields: PageField[]
  /** An address that shows the page with another set of fields. */
  other?: { text: string; href: string } | undefined
}

/** What the words of a page depend on. */
export type Seen = {
  words: Translator
  answers: Answers
  today: Temporal.PlainDate
  mostCopies: number
  shortName: string
  /** The page shows the list of countries. */
  abroad: boolean
}

/** The page of a question: what it asks in words, its fields with what they hold, the faults beside them. */
export function questionView(
  question: Exclude<QuestionKey, 'proof'>,
  seen: Seen,
  fields: Fields,
  errors: readonly PageError[],
): QuestionView {
  const { words, answers, today, mostCopies, shortName, abroad } = seen
  const say = (key: string, params = {}) => words.t(`civil-ask:${key}`, { town: shortName, ...params })
  const kind = answers.kind ?? 'birth'
  const marriage = kind === 'marriage'
  const field = (as: PageField['as'], name: string, label: string, options: object = {}): PageField => ({
    as,
    name,
    label,
    value: fields[name],
    errors,
    ...options,
  })
  const choice = (title: string, items: readonly Item[], options: object = {}): QuestionView => ({
    title,
    fields: [field('radios', question, title, { heading: true, items, ...options })],
  })
  const names = (of: string, options: { firstNamesHint?: string } = {}) => [
    field('input', `${of}.firstNames`, say('firstNames'), {
      hint: options.firstNamesHint ?? say('firstNamesHint'),
      autocomplete: 'off',
      spellcheck: false,
    }),
    field('input', `${of}.lastName`, say('lastName'), {
      hint: say('lastNameHint'),
      autocomplete: 'off',
      spellcheck: false,
    }),
  ]
  const nameOf = answers.subject ? `${answers.subject.firstNames} ${answers.subject.lastName}`.trim() : ''

  switch (question) {
    case 'kind': {
      const hints: Record<string, object> = { recognition: { hint: say('kind.recognitionHint') } }
      return choice(
        say('kind.title'),
        recordKinds.map(value => ({ value, text: say(`kind.${value}`), ...hints[value] })),
      )
    }
    case 'form':
      return choice(
        say('form.title'),
        formsOf(kind).map(value => ({ value, text: say(`form.${value}`), hint: say(`form.${value}Hint`) })),
      )
    case 'place': {
      const here = kind === 'death' ? (['here', 'lived-here'] as const) : (['here'] as const)
      return choice(
        say(`place.title.${kind}`),
        [...here, 'france', 'abroad'].map(value => ({ value, text: say(`place.${value}`) })),
      )
    }
    case 'date': {
      const title = say(`date.title.${kind}`)
      const hint = say('date.hint', { year: wholeDatesSince(today) })
      return { title, fields: [field('dateParts', 'date', title, { heading: true, hint })] }
    }
    case 'standing': {
      const hinted = new Set<Standing>(['spouse', 'legal-representative', 'partner'])
      return choice(
        say(marriage ? 'standing.titleMarriage' : 'standing.title'),
        standings
          .filter(value => !(marriage && value === 'spouse'))
          .map(value => ({
            value,
            text: say(marriage && value === 'self' ? 'standing.selfMarriage' : `standing.${value}`),
            ...(hinted.has(value) ? { hint: say(`standing.${value}Hint`) } : {}),
          })),
      )
    }
    case 'minor':
      return choice(
        say('minor.title'),
        ['no', 'yes'].map(value => ({ value, text: say(`minor.${value}`) })),
        { hint: say('minor.hint') },
      )
    case 'died':
      return {
        title: say(marriage ? 'died.titleMarriage' : 'died.title'),
        text: say('died.text'),
        fields: [
          field('radios', 'died-known', say('died.known'), {
            items: ['no', 'yes'].map(value => ({ value, text: say(`died.${value}`) })),
          }),
          field('dateParts', 'died', say(marriage ? 'died.dateMarriage' : 'died.date'), { hint: say('died.hint') }),
        ],
      }
    case 'subject':
      return {
        title: say(answers.standing === 'self' ? 'subject.titleSelf' : `subject.title.${kind}`),
        fields: names('subject'),
      }
    case 'declarant':
      return { title: say('declarant.title'), fields: names('declarant') }
    case 'spouse':
      return { title: say('spouse.title'), fields: names('spouse') }
    case 'subject-birth':
      return {
        title: say('subjectBirth.titleOf', { name: nameOf }),
        fields: [
          field('dateParts', 'subjectBirth.date', say('subjectBirth.date'), { hint: say('subjectBirth.dateHint') }),
          field('input', 'subjectBirth.place', say('subjectBirth.place'), {
            hint: say('subjectBirth.placeHint'),
            autocomplete: 'off',
          }),
        ],
      }
    case 'parents': {
      const firstNamesHint = say('parents.firstNamesHint')
      return {
        title: say('parents.title'),
        text: say('parents.text'),
        fields: [
          field('radios', 'parents.unknown', say('parents.unknown'), {
            inline: true,
            items: ['none', 'one', 'both'].map(value => ({ value, text: say(`parents.${value}`) })),
          }),
          field('group', 'parents.first', say('parents.first'), {
            fields: names('parents.first', { firstNamesHint }),
          }),
          field('group', 'parents.second', say('parents.second'), {
            fields: names('parents.second', { firstNamesHint }),
          }),
        ],
      }
    }
    case 'copies': {
      const hint = say('copies.hint', { count: mostCopies })
      if (mostCopies > MOST_RADIOS) {
        const title = say('copies.title')
        const options = { heading: true, hint, inputmode: 'numeric', width: 2 }
        return { title, fields: [field('input', 'copies', title, options)] }
      }
      const items = Array.from({ length: mostCopies }, (_, i) => ({ value: String(i + 1), text: String(i + 1) }))
      return choice(say('copies.title'), items, { hint })
    }
    case 'applicant':
      return {
        title: say('applicant.title'),
        text: say('applicant.text'),
        fields: [
          field('input', 'applicant.firstName', say('applicant.firstName'), {
            autocomplete: 'given-name',
            spellcheck: false,
          }),
          field('input', 'applicant.lastName', say('applicant.lastName'), {
            autocomplete: 'family-name',
            spellcheck: false,
          }),
          field('dateParts', 'applicant.birthDate', say('applicant.birthDate'), { birthday: true }),
        ],
      }
    case 'office':
      return {
        title: say('office.title'),
        fields: [
          field('input', 'office.name', say('office.officeName'), { autocomplete: 'organization' }),
          field('input', 'office.reference', say('office.reference'), { optional: true, autocomplete: 'off' }),
        ],
      }
    case 'delivery':
      return {
        title: say('delivery.title'),
        text: say('delivery.why'),
        fields: [
          field('radios', 'delivery', say('delivery.name'), {
            items: deliveries.map(value => ({
              value,
              text: say(`delivery.${value}`),
              hint: say(`delivery.${value}Hint`),
            })),
          }),
        ],
      }
    case 'address':
      return {
        title: say('address.title'),
        fields: [
          field('textarea', 'address.lines', say('address.lines'), { hint: say('address.linesHint'), rows: 3 }),
          field('input', 'address.postcode', say('address.postcode'), {
            autocomplete: 'postal-code',
            width: 10,
            ...(abroad ? { optional: true } : { inputmode: 'numeric' }),
          }),
          field('input', 'address.city', say('address.city'), { autocomplete: 'address-level2', width: 20 }),
          ...(abroad
            ? [field('select', 'address.country', say('address.country'), { items: countriesIn(words.language.intl) })]
            : []),
        ],
        other: abroad
          ? { text: say('address.france'), href: '?pays=france' }
          : { text: say('address.abroad'), href: '?pays=autre' },
      }
    case 'contact':
      return {
        title: say('contact.title'),
        text: say(answers.delivery === 'collection' ? 'contact.textCollection' : 'contact.text'),
        fields: [
          field('input', 'contact.email', say('contact.email'), {
            type: 'email',
            autocomplete: 'email',
            spellcheck: false,
            optional: true,
          }),
          field('input', 'contact.phone', say('contact.phone'), {
            type: 'tel',
            autocomplete: 'tel',
            width: 20,
            hint: say('contact.phoneHint'),
            optional: true,
          }),
        ],
      }
  }
}

/** More than so many numbers are typed, not chosen. */
const MOST_RADIOS = 6
