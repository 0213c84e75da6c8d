import type { Appeal, AskedRecord, Officer, RegistryService } from '../documents/civil/views.ts'
import type { Town } from '../town-context.ts'
import type { CivilRequest } from './store.ts'

/** Who answers in the town hall. In French: the town's letters name its services as they are called. */
export function registryService(town: Town): RegistryService {
  const { address, civilRegistry } = town.config.town
  return { name: town.languages.for('fr').t('civil-records:service'), addressLines: address, ...civilRegistry }
}

/** To whom one turns against a refusal. */
export function appealOf({ config }: Pick<Town, 'config'>): Appeal {
  const { name, address } = config.town.court
  return { court: { name, addressLines: address } }
}

/** Who signs. The name is written by hand. */
export const signingOfficer = (town: Town): Officer => ({
  name: null,
  quality: town.languages.for('fr').t('civil-records:officer'),
})

/** What was asked, as papers show it. */
export function askedRecord({ kind, form, copies, answers }: CivilRequest): AskedRecord {
  if (!kind || !form) throw new RangeError('a request that was not sent asks for nothing')
  const names = [answers.subject, answers.spouse].filter(name => name !== undefined)
  return { kind, form, copies: copies ?? 1, names, ...(answers.date ? { date: answers.date } : {}) }
}

/** Whom a letter about the request goes to: with an address when it is posted. */
export function addresseeOf({ answers }: CivilRequest) {
  const { applicant, address } = answers
  const name = applicant ? `${applicant.firstName} ${applicant.lastName}` : ''
  return address ? { name, ...address } : { name, addressLines: [] }
}
