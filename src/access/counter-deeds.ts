import type { Actor, Service } from '../kernel/actor.ts'
import { personAmong } from '../kernel/actor.ts'
import { FAMILY_SERVICES } from '../people/store.ts'

type Deed = { key: string; href: string; services: readonly Service[]; family: boolean }

/** What can be done in a resident's name, and by clerks of which service; the words are `access:acting.deeds.<key>`. */
const DEEDS: readonly Deed[] = [
  { key: 'record', href: '/etat-civil', services: ['civil-registry'], family: false },
  { key: 'requests', href: '/etat-civil/mes-demandes', services: ['civil-registry'], family: false },
  { key: 'canteen', href: '/cantine', services: ['canteen'], family: true },
  { key: 'meals', href: '/cantine/recapitulatif', services: ['canteen'], family: true },
  { key: 'leisure', href: '/centres-de-loisirs', services: ['leisure'], family: true },
  { key: 'stays', href: '/centres-de-loisirs/inscriptions', services: ['leisure'], family: true },
  { key: 'invoices', href: '/factures', services: ['cash-office'], family: true },
  { key: 'family', href: '/famille', services: FAMILY_SERVICES, family: true },
]

/** What this clerk may do for the resident they act for: their own services, and families' affairs for who has a family. */
export const deedsFor = (actor: Actor, hasFamily: boolean): { key: string; href: string }[] =>
  DEEDS.filter(({ services, family }) => personAmong(actor, ...services) && (hasFamily || !family))
