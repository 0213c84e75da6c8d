import { searchKey } from '../../people/rules.ts'
import type { Answers } from '../kinds.ts'
import { applicantKey, recordKey } from '../rules/record-keys.ts'

/** What of the answers stands in columns beside them, for the clerks' queue and search. Written whenever they change. */
export function columnsOf(answers: Answers) {
  const { kind, form, standing, date, copies, delivery, applicant, subject, spouse, declarant } = answers
  const inAct = [subject, spouse, declarant].flatMap(name => (name ? [name.firstNames, name.lastName] : []))
  const asking = applicant ? [applicant.firstName, applicant.lastName] : []
  return {
    kind: kind ?? null,
    form: form ?? null,
    standing: standing ?? null,
    recordDate: date ?? null,
    copies: copies ?? 1,
    delivery: delivery ?? null,
    searchKey: searchKey([...inAct, ...asking].join(' ')),
    recordKey: recordKey(answers) ?? null,
    applicantKey: applicant ? applicantKey(applicant) : null,
    applicantBirthYear: applicant ? Number(applicant.birthDate.slice(0, 4)) : null,
  }
}
