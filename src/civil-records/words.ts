import type { Translator } from '../web/i18n.ts'
import type { CivilRequest } from './store.ts'

/** « copie intégrale de l’acte de naissance de Fatou Diallo »: what was asked, in a line. */
export function whatWasAsked({ t }: Translator, request: Pick<CivilRequest, 'kind' | 'form' | 'answers'>): string {
  const { kind, form, answers } = request
  const name = answers.subject ? `${answers.subject.firstNames} ${answers.subject.lastName}`.trim() : ''
  const spouse = answers.spouse ? `${answers.spouse.firstNames} ${answers.spouse.lastName}`.trim() : ''
  const params = { form: t(`civil-records:form.${form}`), act: t(`civil-records:act.${kind}`), name, spouse }
  return t(kind === 'marriage' && spouse ? 'civil-records:whatOfTwo' : 'civil-records:what', params)
}

/** « RK4M 7TQ2 X9BD »: a number in groups, as it is read out. */
export const inGroups = (number: string): string => number.replace(/(.{4})(?=.)/g, '$1\u00a0')
