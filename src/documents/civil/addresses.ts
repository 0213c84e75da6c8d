import type { Addressee } from '../views.ts'
import type { PostalAddressee } from './views.ts'

/** Where the postcode stands after the town, as the Universal Postal Union's guides say. */
const POSTCODE_LAST = new Set(['AU', 'BR', 'CA', 'CN', 'GB', 'IE', 'IN', 'JP', 'KR', 'NZ', 'US', 'VN'])

/** France, and the parts of it overseas whose letters need no country. */
const FRANCE = new Set(['FR', 'GP', 'MQ', 'GF', 'RE', 'YT', 'PM', 'BL', 'MF'])

const countries = new Intl.DisplayNames('fr-FR', { type: 'region' })

/** An address as it stands on an envelope posted in France: the town in capitals, then the country in French. */
export function onEnvelope(to: Addressee | PostalAddressee): Addressee {
  if ('addressLines' in to) return to
  const capitals = (text: string) => text.toLocaleUpperCase('fr-FR')
  const town = POSTCODE_LAST.has(to.country) ? [to.city, to.postcode] : [to.postcode, to.city]
  const country = FRANCE.has(to.country) ? [] : [capitals(countries.of(to.country) ?? to.country)]
  return { name: to.name, addressLines: [...to.lines, capitals(town.join(' ').trim()), ...country] }
}
