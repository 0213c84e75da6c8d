import type { PersonSection } from '../../people/desk-persons.ts'
import { requestsOfPerson } from '../store.ts'
import { inGroups, whatWasAsked } from '../words.ts'

const MOST = 20

/** What a person asked for, on the clerks' page of a person: for the civil registry alone. */
export const personRequests: PersonSection = async ({ town, clerk, personId, words }) => {
  if (!clerk.administrator && !clerk.services.includes('civil-registry')) return undefined
  const { t } = words
  const all = await requestsOfPerson(town.db.read, personId)
  const sent = all.filter(({ state }) => state !== 'draft').slice(0, MOST)
  return {
    title: t('people:person.requests'),
    lines: sent.length > 0 ? [] : [t('people:person.noRequest')],
    links: sent.map(request => ({
      text: `${whatWasAsked(words, request)} (${inGroups(request.number ?? '')}, ${t(`civil-records:state.${request.state}`)})`,
      href: `/guichet/etat-civil/${request.id}`,
    })),
  }
}
