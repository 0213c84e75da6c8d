import type { DocumentPool } from '../documents/pool.ts'
import type { Service } from '../kernel/actor.ts'
import type { Town } from '../town-context.ts'
import { leisureApi } from './api.ts'
import { leisureJobs, leisureScheduled } from './jobs.ts'
import { leisurePages } from './pages.ts'
import { leisureFigures } from './registers/figures.ts'
import { countRegistersToComplete } from './registers/home-pages.ts'
import { leisurePlacesAreCounted, placesHaveTheirSignup } from './signing-up/counters.ts'
import { countLeisureClaims } from './waiting/staff-claims.ts'
import { countDue } from './wishes/overview.ts'
import { countWorkProofs } from './work/work-proofs.ts'

const services: readonly Service[] = ['leisure']

/** All that the leisure centres bring to a town. */
export const leisureService = (town: Town, pdf: DocumentPool) => ({
  pages: leisurePages({ town, pdf }),
  endpoints: leisureApi(town),
  jobs: leisureJobs(town, pdf),
  scheduled: leisureScheduled,
  deskTasks: [
    { key: 'leisureClaims', href: '/guichet/loisirs/justificatifs', services, count: countLeisureClaims },
    { key: 'registers', href: '/guichet/loisirs/presences#a-completer', services, count: countRegistersToComplete },
    { key: 'workProofs', href: '/guichet/loisirs/travail', services, count: countWorkProofs },
    { key: 'wishesDue', href: '/guichet/loisirs/souhaits', services, count: countDue },
  ],
  figures: [{ key: 'leisure', services, load: leisureFigures }],
  invariants: [
    { name: 'places taken at centres are days of sign-ups', check: leisurePlacesAreCounted },
    { name: 'days with a place are of sign-ups that have one', check: placesHaveTheirSignup },
  ],
})
