import type { Request } from 'express'
import { z } from 'zod'
import type { Clerk } from '../kernel/actor.ts'
import type { Translator } from '../web/i18n.ts'
import type { TariffService } from './store.ts'

/** A tariff's form as it was sent. */
export const typedForm = z.record(z.string().max(60), z.string().max(60))
/** `?copie=` names the tariff that a new one begins as a copy of. */
export const copiedFrom = z.object({ copie: z.string().max(60).optional() })

const PATHS: Readonly<Record<TariffService, string>> = {
  canteen: '/guichet/tarifs',
  leisure: '/guichet/tarifs/centres-de-loisirs',
  'leisure-wednesdays': '/guichet/tarifs/mercredis',
}

/** Where clerks see the tariffs of a service. */
export const deskPath = (service: string): string =>
  Object.entries(PATHS).find(([own]) => own === service)?.[1] ?? PATHS.canteen

/** What the desk's page of each service has: the way to the others, and whether this clerk changes prices. */
export const deskView = ({ t }: Translator, clerk: Clerk, service: TariffService) => ({
  service,
  home: PATHS[service],
  mayChange: clerk.administrator || clerk.services.includes('cash-office'),
  books: Object.entries(PATHS).map(([one, href]) => ({
    text: t(`tariffs:books.${one}`),
    href,
    current: one === service,
  })),
})

/** What was typed in the address, to be shown again. */
export const typedTexts = (query: Request['query']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(query).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  )
