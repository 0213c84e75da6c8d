import type { Service } from '../kernel/actor.ts'

/** Who looks at the page, as far as menus and banners need to know. */
export type ActorSummary = {
  signedIn: boolean
  /** First name and family name, as shown. */
  name: string
  isClerk: boolean
  isAdministrator: boolean
  /** The town's services this clerk works for. */
  services: readonly Service[]
  /** The resident in whose name a clerk acts at the counter. */
  actingFor?: string
}

/** An entry of the menu: the words are `common:navigation.<key>`. `current` is the page itself, or the section it is in. */
export type NavigationItem = { key: string; href: string; current: boolean }

/** Whose clerks may go there in a resident's name; everybody may, where none is named. */
const PUBLIC: readonly { key: string; href: string; services?: readonly Service[] }[] = [
  { key: 'book', href: '/cantine', services: ['canteen'] },
  { key: 'leisure', href: '/centres-de-loisirs', services: ['leisure'] },
  { key: 'pay', href: '/factures', services: ['cash-office'] },
  { key: 'record', href: '/etat-civil', services: ['civil-registry'] },
  { key: 'family', href: '/famille', services: ['canteen', 'cash-office', 'leisure'] },
  { key: 'help', href: '/aide' },
]

/** Which clerk sees which entry: one of these services is needed; every clerk sees an entry that names none. */
const DESK: readonly { key: string; href: string; services?: readonly Service[] }[] = [
  { key: 'deskHome', href: '/guichet' },
  { key: 'deskCivilRecords', href: '/guichet/etat-civil', services: ['civil-registry'] },
  { key: 'deskCanteen', href: '/guichet/cantine', services: ['canteen'] },
  { key: 'deskLeisure', href: '/guichet/centres', services: ['leisure'] },
  { key: 'deskFamilies', href: '/guichet/familles', services: ['canteen', 'cash-office', 'leisure'] },
  { key: 'deskBilling', href: '/guichet/facturation', services: ['cash-office'] },
  { key: 'deskPayments', href: '/guichet/paiements', services: ['cash-office'] },
  { key: 'deskTariffs', href: '/guichet/tarifs', services: ['cash-office', 'leisure'] },
  { key: 'deskLetters', href: '/guichet/courriers', services: ['canteen', 'cash-office', 'civil-registry'] },
  // For administrators only.
  { key: 'deskSettings', href: '/guichet/reglages', services: [] },
]

/**
 * The menu of the public pages: the same for all, then the desk for a clerk, the account or the way to sign in. To a clerk at
 * the counter, what their own services let them do for the resident.
 */
export function publicNavigation(actor: ActorSummary | undefined, path: string): NavigationItem[] {
  const acting = actor?.actingFor !== undefined
  const items: { key: string; href: string }[] = PUBLIC.filter(({ services }) => !acting || isFor(actor, services))
  if (actor?.isClerk) items.push({ key: 'desk', href: acting ? '/guichet/agir' : '/guichet' })
  if (!acting) items.push(actor?.signedIn ? { key: 'account', href: '/compte' } : { key: 'signIn', href: '/connexion' })
  return items.map(({ key, href }) => ({ key, href, current: within(path, href) }))
}

/** The menu of the clerks' pages, cut to the services of this clerk; an administrator sees all. */
export function deskNavigation(actor: ActorSummary | undefined, path: string): NavigationItem[] {
  return DESK.filter(({ services }) => isFor(actor, services)).map(({ key, href }) => ({
    key,
    href,
    current: key === 'deskHome' ? path === href : within(path, href),
  }))
}

const isFor = (actor: ActorSummary | undefined, services: readonly Service[] | undefined) =>
  !services || actor?.isAdministrator || services.some(one => actor?.services.includes(one))

const within = (path: string, section: string) => path === section || path.startsWith(`${section}/`)
