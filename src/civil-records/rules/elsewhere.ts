import type { Place, RecordKind } from '../kinds.ts'

/** The State's page on each act: it leads to the online service of the right town. Free, like the act. */
const officialPages: Readonly<Record<RecordKind, string>> = {
  birth: 'https://www.service-public.gouv.fr/particuliers/vosdroits/F1427',
  marriage: 'https://www.service-public.gouv.fr/particuliers/vosdroits/F1432',
  death: 'https://www.service-public.gouv.fr/particuliers/vosdroits/F1444',
  // There is none for recognitions; that of births says where to ask.
  recognition: 'https://www.service-public.gouv.fr/particuliers/vosdroits/F1427',
}

/** Service central d'état civil, Ministère de l'Europe et des Affaires étrangères. */
const nantes = {
  link: 'https://www.diplomatie.gouv.fr/fr/services-aux-francais/etat-civil-et-nationalite-francaise/',
  address: ['Service central d’état civil', '11 rue de la Maison Blanche', '44941 Nantes Cedex 09'],
}

/** Office français de protection des réfugiés et apatrides: it stands for the registers of the country left. */
const ofpra = {
  link: 'https://www.service-public.gouv.fr/particuliers/vosdroits/R63676',
  address: ['Ofpra', '201 rue Carnot', '94136 Fontenay-sous-Bois Cedex'],
}

/** Whom to ask instead; the words are the page's, by `whom`. */
export type Instead = {
  whom:
    | 'town-of-event' // the town hall of the place, overseas included
    | 'town-of-last-residence' // the death was transcribed there (civil code, art. 80)
    | 'central-service' // French people abroad, and all who were born, married or died in a territory while it was French
    | 'ofpra' // refugees, stateless persons, subsidiary protection (CESEDA, art. L121-9)
    | 'foreign-registry' // everybody else: the registry of the country, or its consulate
  link?: string
  address?: readonly string[]
}

/**
 * Who keeps an act that this town does not: a list to choose from, the likeliest first; empty when this town keeps it.
 * Central service: décret n° 65-422 du 1er juin 1965, art. 2 and 3.
 */
export function whoKeeps(kind: RecordKind, place: Place): readonly Instead[] {
  switch (place) {
    case 'here':
    case 'lived-here':
      return []
    case 'france': {
      const link = officialPages[kind]
      const town: Instead = { whom: 'town-of-event', link }
      return kind === 'death' ? [town, { whom: 'town-of-last-residence', link }] : [town]
    }
    case 'abroad':
      return [{ whom: 'central-service', ...nantes }, { whom: 'ofpra', ...ofpra }, { whom: 'foreign-registry' }]
  }
}
